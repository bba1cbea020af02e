"""jivod: the CRM end of the Jivo (JivoChat) Webhooks API, in one daemon on one small server.

The rooms, from the ground up (imports point down only; import-linter checks it):

    5  service | cli                     composition roots: the only places that build things
    4  web                               the HTTP dialect: bytes in, bytes out
    3  flow                              use cases: synchronous functions over a transaction
    2  wire | policy | store | config    strangers to one another
    1  model | strict                    frozen values; the strict cattrs converter
"""
