"""Hold: the figures that jivod promises, measured on the real twistd, a real port and a real LMDB directory."""
