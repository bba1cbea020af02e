"""Browser: the pages as people meet them: a real chromium before the real daemon, with and without scripts."""
