"""Lines that change by themselves: when a page was updated, how many comment on it, share it or read it. Pure.

They stay in a text as it was read, and count for nothing where two texts are compared.
"""

from __future__ import annotations

import re

MAX_TICKING = 100  # characters; what is longer is prose

_OPENING = re.compile(
    r"\W*(?:(?:last|zuletzt|dernière|última|laatst|senast|sist)\s+)?"
    r"(?:updated?|modified|posted|published|edited|revised|aktualisiert|stand|geändert|veröffentlicht|mise? à jour|"
    r"publié|modifié|actualizad[oa]|publicad[oa]|aggiornat[oa]|pubblicat[oa]|atualizad[oa]|bijgewerkt|gepubliceerd|"
    r"uppdaterad|publicerad|oppdatert|publisert|opdateret|udgivet|päivitetty|julkaistu|zaktualizowano|opublikowano|"
    r"обновлено|опубликовано|güncelleme|更新日時|更新)(?=[\W\d])"
)
_MOMENT = re.compile(r"\d[:.h]\d\d|(?:19|20)\d\d")
_WORD = re.compile(r"[^\W\d_]+")
# What stands beside the numbers of a moment, in the languages of the openings.
_MOMENT_WORDS = frozenset(
    """a ago alle am and at by de del den der die di du el first h hrs ist kl klo la las le los o of om on ore op pm
    the um uhr à às ч г bst cdt cest cet cst edt eest eet est et gmt ist jst mdt mst pdt pst pt utc z
    updated posted published modified
    jan january januar januari janvier janv gennaio gen enero ene janeiro feb february februar februari février févr
    febbraio febrero fevereiro fev mar march märz mrz maart mars marzo março apr april avril avr aprile abril abr
    may mai mei maj maggio mayo maio jun june juni juin giugno junio junho jul july juli juillet luglio julio julho
    aug august augustus augusti août agosto ago sep sept september septembre settembre septiembre setembro set
    oct okt october oktober octobre ottobre octubre outubro out nov november novembre noviembre novembro
    dec dez des déc december dezember desember décembre dicembre diciembre dezembro dic
    января февраля марта апреля мая июня июля августа сентября октября ноября декабря
    mon monday tue tues tuesday wed wednesday thu thur thurs thursday fri friday sat saturday sun sunday
    mo montag di dienstag mi mittwoch do donnerstag fr freitag sa samstag so sonntag
    lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo
    lunedì martedì mercoledì giovedì venerdì sabato domenica maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
    年 月 日 時 分""".split()  # noqa: SIM905  a table of words
)
_COUNT = re.compile(
    r"\W*(?:\d{1,3}[\s-]*min\w*\s+read\W+)?\d[\d.,\s]*k?\s*(?:comments?|shares?|likes?|reactions?|replies|votes?|"
    r"retweets?|(?:people|readers)(?:\s+are)?\s+reading(?:\s+this)?(?:\s+(?:now|story|article))?|"
    r"kommentare?r?|commentaires?|comentarios?|comentários?|commenti|reacties)\W*"
)


def without_ticking(text: str) -> str:
    """The text without the lines that change by themselves."""
    parts = text.split("\n\n")
    kept = [part for part in parts if len(part) > MAX_TICKING or not ticks(part)]
    return text if len(kept) == len(parts) else "\n\n".join(kept)


def ticks(line: str) -> bool:
    """Whether a line says a moment of change or a count of readers, and nothing else."""
    lowered = line.lower()
    if _COUNT.fullmatch(lowered):
        return True
    opening = _OPENING.match(lowered)
    if opening is None or not _MOMENT.search(lowered, opening.end()):
        return False
    return all(word in _MOMENT_WORDS for word in _WORD.findall(lowered, opening.end()))
