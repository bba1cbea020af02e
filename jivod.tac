"""The daemon, for twistd: twistd --nodaemon --pidfile= -y jivod.tac"""

import gc
import os
import pathlib

gc.disable()  # a tenth of a start would go into looking for garbage; jivod.service.garbage enables it again

from twisted.internet import reactor  # noqa: E402

from jivod.service.make import make_application  # noqa: E402

application = make_application(reactor, os.environ, pathlib.Path(__file__).resolve().parent)
