"""The language of the panel: the desktop's where there is a translation, else English."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

TRANSLATIONS = Path(__file__).parent / "translations"
LANGUAGES = ("en", "de")


def language_of(locale: QLocale) -> str:
    """The locale's own, where it is one of LANGUAGES: of its first wish only, what follows is second best."""
    wished = (locale.uiLanguages() or ["en"])[0].replace("_", "-").partition("-")[0]
    return wished if wished in LANGUAGES else "en"


def speak(app: QCoreApplication, language: str) -> tuple[QTranslator, ...]:
    """What is shown from now on is in the language, Qt's own buttons and dialogs too, and so are numbers: as
    the desktop writes them where it speaks the language.

    Returns what `app.removeTranslator` takes, to undo it.
    """
    desktop = QLocale.system()
    QLocale.setDefault(desktop if language_of(desktop) == language else QLocale(language))
    spoken = []
    for name, folder in (
        ("qtbase", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)),
        ("pickup", str(TRANSLATIONS)),
    ):
        translator = QTranslator(app)
        if language != "en" and translator.load(f"{name}_{language}", folder):
            app.installTranslator(translator)
            spoken.append(translator)
    return tuple(spoken)
