"""The functions that PostgreSQL is given once, so that it answers as SQLite does with those of `functions`.

No extension is asked for.  The database must keep its texts in UTF-8.
"""

from collections.abc import Iterator


def _unicode_folding() -> str:
    """Case folding to the letter as Python has it: `lower` leaves ß and final sigma, and follows the collation."""
    cased = [each for each in map(chr, (*range(0xD800), *range(0xE000, 0x110000))) if each.casefold() != each]
    single = [each for each in cased if len(each.casefold()) == 1]
    several = [each for each in cased if len(each.casefold()) > 1]
    before, after = "".join(single), "".join(each.casefold() for each in single)
    steps = "\n".join(f"        folded := replace(folded, '{each}', '{each.casefold()}');" for each in several)
    return f"""
CREATE FUNCTION folded_unicode(told text) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE plpgsql AS $$
DECLARE folded text := translate(told, '{before}', '{after}');
BEGIN
    IF folded ~ '[{"".join(several)}]' THEN
{steps}
    END IF;
    RETURN normalize(folded, NFC);
END $$"""


_FOLDED = """
CREATE FUNCTION folded(told text) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql AS $$
SELECT CASE WHEN octet_length(told) = length(told) THEN lower(told COLLATE "C") ELSE folded_unicode(told) END $$"""

_KILOMETRES = """
CREATE FUNCTION kilometres(a_lat double precision, a_lon double precision, b_lat double precision,
    b_lon double precision) RETURNS double precision IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql AS $$
SELECT 2 * 6371.0088 * asin(least(1.0, sqrt(power(sin(radians(b_lat - a_lat) / 2), 2)
    + power(sin(radians(b_lon - a_lon) / 2), 2) * cos(radians(a_lat)) * cos(radians(b_lat))))) $$"""

_ENTRIES = """
CREATE FUNCTION json_entries(mapping json) RETURNS TABLE (key text, value text, type text)
    IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql AS $$
SELECT e.key, e.value #>> '{}', CASE json_typeof(e.value)
    WHEN 'string' THEN 'text'
    WHEN 'boolean' THEN e.value #>> '{}'
    WHEN 'number' THEN CASE WHEN e.value #>> '{}' ~ '[.eE]' THEN 'real' ELSE 'integer' END
    ELSE json_typeof(e.value) END
FROM json_each(mapping) e $$"""

_NUMBER = """
CREATE FUNCTION json_number(value text, type text) RETURNS numeric IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql AS $$
SELECT CASE WHEN type IN ('integer', 'real') THEN value::numeric END $$"""


def statements() -> Iterator[str]:
    """What makes the functions."""
    yield from (_unicode_folding(), _FOLDED, _KILOMETRES, _ENTRIES, _NUMBER)
