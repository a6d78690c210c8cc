"""Who has spoken in an article: one voice under one name, and whose side a person speaks for."""

from __future__ import annotations

from dataclasses import replace

from truetoll.claims.wording.vocabulary import match
from truetoll.importers.prose.vocabulary import Words
from truetoll.importers.prose.voices import Voice

_SHORT = 2


class Speakers:
    """Remembers the voices of an article.

    Parameters
    ----------
    words : Words
    """

    def __init__(self, words: Words) -> None:
        self.words = words
        self.last: Voice | None = None
        self.paragraph = -1
        self._heard: list[Voice] = []

    def hear(self, voice: Voice, paragraph: int) -> Voice:
        """Take in who speaks.

        Parameters
        ----------
        voice : Voice
            As its sentence names it.
        paragraph : int

        Returns
        -------
        Voice
            The one that was named in full before ("the ministry" is Armenia's defence ministry), with its side: that of
            its own words, or of whoever spoke for a side right before it.
        """
        known = self._named_before(voice) if voice.sure else voice
        spoken = known.key.split("_")
        officer = any(match(self.words.voices["titles"], spoken, at) for at in range(len(spoken)))
        near = self.last and self.last.sort == known.sort == "side" and self.paragraph == paragraph
        if officer and near and self.last and not known.party:
            known = replace(known, party=self.last.party)
        if known.sure:
            self._heard.append(known)
            self.last, self.paragraph = known, paragraph
        return known

    def _named_before(self, voice: Voice) -> Voice:
        said = set(voice.key.split("_"))
        if len(said) > _SHORT:
            return voice
        for each in reversed(self._heard):
            same = said < set(each.key.split("_")) and (not voice.party or voice.party == each.party)
            if same:
                return replace(each, sure=voice.sure)
        return next((replace(e, sure=voice.sure) for e in reversed(self._heard) if e.key == voice.key), voice)
