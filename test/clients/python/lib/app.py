"""A program that calls a provider's SDK under the instrumentations that WITH names. API: a key of sdks.apis."""

import os

from instrumentations import set_up

stop = set_up(os.environ.get("WITH", "").split())

# The SDKs are loaded after the instrumentations, as some need.
import sdks  # noqa: E402
from telemetry import main  # noqa: E402

main(sdks.apis[os.environ["API"]], stop)
