"""The audit of one archive by programs of other compilers and optimisation: the same answer, byte for byte, of a log
that is right and of one that is not. Each is built into build/builds/NAME: minutes when nothing is there yet."""
import os
import subprocess

import audit
import frauds
import harness
from wire import Wire

BUILDS = {"clang-O0": ("clang", "-O0"), "gcc-O0": ("gcc", "-O0"), "gcc-O2": ("gcc", "-O2"), "clang-O3": ("clang", "-O3")}


def built(name):
    """The program, made by that compiler."""
    compiler, level = BUILDS[name]
    folder = os.path.join(harness.ROOT, "build", "builds", name)
    for words in (("-S", harness.ROOT, "-B", folder, "-G", "Ninja", "-DCMAKE_C_COMPILER=" + compiler,
                   "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_C_FLAGS_DEBUG=%s -g" % level),
                  ("--build", folder, "--target", "jaga")):
        done = subprocess.run(["cmake", *words], capture_output=True, text=True)
        assert done.returncode == 0, "%s: %s\n%s" % (name, done.stdout[-3000:], done.stderr[-3000:])
    return os.path.join(folder, "jaga")


def answer(program, scenario, folder):
    done = subprocess.run([program, "audit", "--json", "--archive", folder], capture_output=True, text=True,
                          env=scenario.environment(**audit.NO_SERVER), timeout=300)
    return done.returncode, done.stdout


def test_every_build_says_the_same(scenario):
    with Wire(scenario) as tool:
        frauds.fill(scenario, tool)
        log = frauds.Log(tool, scenario.lanes)
    folder = audit.Folder(scenario, log)
    changed = log.copy()
    frauds.payment_of_one_rupiah_more(changed)
    programs = {name: built(name) for name in BUILDS}
    for code, content in ((0, log), (1, changed)):
        folder.put_down(content)
        right = answer(harness.JAGA, scenario, folder.path)
        assert right[0] == code, right
        for name, program in programs.items():
            assert answer(program, scenario, folder.path) == right, name


if __name__ == "__main__":
    harness.run([test_every_build_says_the_same], "builds", 18650)
