"""Third-party assets (KERN, fonts): fetched by npm at set-up, never in git.

Beside this file stand `package.json` and a lock with versions and hashes, and without the
address of any registry. `python -m shared.web.assets` runs `npm ci` and copies what the
sites serve to `shared/web/static/vendor/`; the built wheel carries that folder.
"""
