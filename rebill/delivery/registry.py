"""The channels in use: the built-in ones by hand, guests by the entry point groups named here."""

from rebill.delivery.channels.email import EMAIL
from rebill.delivery.channels.print import PRINT
from rebill.delivery.contract import Binder, Channel
from rebill.kit.plugins import Registry

# Channels that send letters one by one.
CHANNELS: Registry[Channel] = Registry("channel", "rebill.channels", (EMAIL,))

# Channels that collect letters into one file.
BINDERS: Registry[Binder] = Registry("channel for batches", "rebill.binders", (PRINT,))
