"""What people try first, by zxcvbn: common passwords, names, words, dates, keyboard walks and repetitions."""

from collections.abc import Sequence

from attrs import frozen

from jaboti_domain.identity.ports import PasswordGuesser

LONGEST = 64
"""Characters that are looked at: the estimate takes longer the longer the password, and more only makes it better."""


@frozen
class ZxcvbnGuesser(PasswordGuesser):
    """Would guess what takes fewer than `tries` guesses (Wheeler, USENIX Security 2016)."""

    tries: float = 1e9

    def would_guess(self, password: str, *, about: Sequence[str]) -> bool:
        from zxcvbn import zxcvbn  # its lists of words are large, and most processes never look into them

        return float(zxcvbn(password[:LONGEST], user_inputs=list(about), max_length=LONGEST)["guesses"]) < self.tries
