"""How a centre joins its city: the code that a person passes on, and the two letters that follow.

The hub makes a code and forgets it: it keeps a public key that is derived from it, and a word for its
own key that only whoever knows the code can check (`codes`). The centre's machine asks over HTTP, signed
with the code and with its own key; the hub answers, signed with its key and sealed for that machine
(`letters`). So neither whoever listens, nor a copy of the hub's database, nor another server at the
hub's address can join, or take a centre in.
"""

from shared.joining.codes import CodeKeys, JoinCode, NotACode, fingerprint, new_code, read_code

__all__ = ["CodeKeys", "JoinCode", "NotACode", "fingerprint", "new_code", "read_code"]
