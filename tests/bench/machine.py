"""Which machine and which packages the figures are of."""
import glob
import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PACKAGES = ["librdkafka1", "libhiredis0.14", "libavro23", "libsodium23", "libjansson4", "redis-server",
            "openjdk-17-jre-headless", "gcc"]


def said(*words):
    try:
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def field(path, name):
    with open(path) as lines:
        for line in lines:
            if line.startswith(name):
                return line.split(":" if ":" in line else "=", 1)[1].strip().strip('"')
    return "unknown"


def kafka_version():
    jars = glob.glob(os.path.join(ROOT, "build", "kafka", "kafka_2.13-*.jar"))
    return os.path.basename(jars[0])[len("kafka_2.13-"):-len(".jar")] if jars else "unknown"


def packages():
    listed = said("dpkg-query", "-W", "-f", "${Package} ${Version}\n", *PACKAGES)
    return ["kafka " + kafka_version()] + (listed.splitlines() or ["(no dpkg here)"])


def describe(jaga):
    memory = int(field("/proc/meminfo", "MemTotal").split()[0]) / 1024 / 1024
    print("machine")
    print("  cores     %d usable, %s" % (len(os.sched_getaffinity(0)),
                                         field("/proc/cpuinfo", "model name")))
    print("  memory    %.1f GiB" % memory)
    print("  system    %s, kernel %s" % (field("/etc/os-release", "PRETTY_NAME"), os.uname().release))
    print("  packages  " + ", ".join(packages()))
    print("  program   %s, release preset (-O2 -g, assertions on)" % said(jaga, "--version"))
    print("  load      %s when it began (1, 5, 15 minutes); Kafka, Redis, jaga and the bench share "
          "the host" % " ".join("%.2f" % load for load in os.getloadavg()), flush=True)
