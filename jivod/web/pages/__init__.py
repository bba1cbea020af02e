"""Pages: what people look at: HTML made here, sent whole, usable without a script.

May live here: pages and their forms, who may see them, languages and formats, the templates, what goes with them
(`static/`) and their translations (`locale/`). A module of pages is one noun. May not: decisions about customers,
threads, HTML in Python, a text from outside that is not escaped.

To add a page: 1. its path in `web.urls`; 2. a module of one noun with `work(txn, ask) -> Shown("noun.html", values)`
and `PAGES = (Page(path=urls.NOUN, work=work, menu="noun"),)`, a form being `Page(method="POST", form=Noun, again=work,
writes=True, ...)` whose work gives `Moved(path, done="code")` or raises `Unfit(field=_("Sentence."))`; 3. `noun.html`
that extends `base.html` and imports `parts.html` with context; 4. `*noun.PAGES` in `pages.PAGES`, the code in
`notices`. What takes more than one job for the store (a hash, a secret that is told once) is a `deed` of the clerk
instead of `work`; see `users`.
"""
