"""The daemon, for twistd: twistd --nodaemon --pidfile= -y jivod.tac"""

import os
import pathlib

from twisted.internet import reactor

from jivod.service.make import make_application

application = make_application(reactor, os.environ, pathlib.Path(__file__).resolve().parent)
