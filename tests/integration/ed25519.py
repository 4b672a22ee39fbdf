"""Ed25519 written down from RFC 8032, slow and plain: the tests sign and verify with it, so that what jaga
signs is checked by something that is not jaga."""
import hashlib

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def recover_x(y, sign):
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P:
        raise ValueError("no point")
    return P - x if x & 1 != sign else x


BASE = (recover_x(4 * pow(5, P - 2, P) % P, 0), 4 * pow(5, P - 2, P) % P)


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    k = D * x1 * x2 * y1 * y2 % P
    return ((x1 * y2 + x2 * y1) * pow(1 + k, P - 2, P) % P,
            (y1 * y2 + x1 * x2) * pow(1 - k, P - 2, P) % P)


def times(number, point):
    result = (0, 1)
    while number:
        if number & 1:
            result = add(result, point)
        point = add(point, point)
        number >>= 1
    return result


def pack(point):
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def unpack(data):
    number = int.from_bytes(data, "little")
    y = number & (1 << 255) - 1
    return recover_x(y, number >> 255), y


def parts(seed):
    h = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(h[:32], "little") & (1 << 254) - 8 | 1 << 254
    return scalar, h[32:]


def hashed(*data):
    return int.from_bytes(hashlib.sha512(b"".join(data)).digest(), "little") % Q


def public_of(seed):
    return pack(times(parts(seed)[0], BASE))


def sign(seed, message):
    scalar, prefix = parts(seed)
    r = hashed(prefix, message)
    point = pack(times(r, BASE))
    s = (r + hashed(point, public_of(seed), message) * scalar) % Q
    return point + s.to_bytes(32, "little")


def verify(public, message, signature):
    s = int.from_bytes(signature[32:], "little")
    point, key = unpack(signature[:32]), unpack(public)
    return s < Q and times(s, BASE) == add(point, times(hashed(signature[:32], public, message), key))
