"""Which licences may be installed with this project, and the packages that a person looked at, each with the reason."""

ALLOWED = {
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CNRI-Python",
    "HPND",
    "ISC",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "MPL-2.0",
    "PSF-2.0",
    "Python-2.0",
    "TCL",
    "Unlicense",
    "Zlib",
}
"""SPDX names. BSL-1.0 is Boost's licence, not the Business Source one (BUSL). MPL-2.0 binds changes to its own files,
and nothing here is changed."""

NAMES = {
    "2-clause bsd": "BSD-2-Clause",
    "3-clause bsd license": "BSD-3-Clause",
    "academic free license (afl)": "AFL-3.0",
    "apache 2": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache 2.0 license": "Apache-2.0",
    "apache license": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license version 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd 3-clause license": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "psfl": "PSF-2.0",
    "python software foundation license": "PSF-2.0",
    "the unlicense (unlicense)": "Unlicense",
}
"""What packages write where they write no SPDX name."""

LOOKED_AT = {
    "fpdf2": "LGPL-3.0-only; the tests make PDF files with it. No room imports it and no extra for users brings it.",
    "psycopg": "LGPL-3.0-only; the driver of the extra `postgres`, used as it is, as a library.",
    "psycopg-binary": "LGPL-3.0-only; the compiled part of psycopg, used as it is, as a library.",
    "pypdfium2": "BSD-3-Clause and Apache-2.0; the licences of PDFium's parts, all permissive, lie in the wheel.",
    "pystemmer": "It says `MIT, BSD`: MIT for the wrapper, BSD-3-Clause for the Snowball stemmers within.",
}
"""Packages whose own words do not pass, by name."""

LOOKED_AT_FAMILIES = {
    "nvidia-": "NVIDIA's terms let the CUDA runtime be used; pip fetches it only with the CUDA build of torch.",
}
"""As above, by the beginning of the name."""
