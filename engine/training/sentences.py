"""What the drawn presenters say: lines of common words, in several languages, none of them anybody's text.

One word in four is held out: a line for training has none of these, and a line for measuring nothing else.
"""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

_EVERY = 4  # one word in so many is held out

_ENGLISH = """
    about after again air all also always animal answer any around ask away back be because before began
    below between both boy build but by call came can car carry change child city close cold come could
    country cover day did different do door down draw each early earth eat end enough even every example eye
    face family far farm father feature feet few find first five follow food for form found four friend from
    get girl give go good great green ground group grow half hand happen hard have he head hear help her
    here high home house how idea if important in into it just keep kind know land large last launch learn
    leave left letter life light like line list listen little live long look made make many may me mean
    might mile month more most mother mountain move much must my name near need never new next night no
    north not now number of off often old on once one only open or other our out over own page paper part
    people picture place plan plant play point press problem product question quick quite read really red
    release report right river room run same saw say school sea second see sentence set she should show side
    simple small so some song soon south speak spell stand start state still stop story such summer sure
    table take talk team tell ten thank the them then there these they thing think this thought three
    through time today together too took top toward town travel tree true try turn two under until up use
    very video voice wait walk want warm was watch water way we week well went were what when where which
    white who whole why will window winter with without woman wonder wood word work world would write year
    yes yesterday you young
"""
_GERMAN = """
    aber alle also Arbeit auch auf Auge aus Baum bei bitte Blume bringen Buch da danke dann das dein denken
    drei du ein er Erde essen fahren finden Frage Frau früh für geben gehen Geschichte gestern groß grün gut
    haben Haus heute Himmel hören ich immer ja jeder Kind klein kommen können lachen lang leben Leute lieben
    machen Mann mehr Mensch mit morgen müssen Mutter nach neu nicht noch oben öffnen schön schreiben sehen
    sprechen Stadt suchen Tag über und Vater viel Wasser Weg wir Woche Wort Zeit zusammen zwei
"""
_FRENCH = """
    aimer aller ami année après arbre aujourd'hui aussi avec beau beaucoup bonjour chaque chose ciel comme
    comprendre demain donner eau écrire elle enfant ensemble entre être faire famille femme fenêtre fleur
    grand heure histoire homme ici jamais jardin jour lettre lire livre loin lumière maison maintenant matin
    mer merci monde mot nouveau nous nuit ouvrir parler partir pays petit peur place plus porte pour pouvoir
    premier question regarder rire rue savoir semaine soir soleil table temps terre toujours travail trouver
    un venir vert vie ville voir vouloir vrai
"""
_SPANISH = """
    abrir agua ahora alegre amigo año aquí árbol ayer bien blanco bueno cada calle camino casa cielo ciudad
    comer como cosa dar decir dejar después día dinero dos durante ella empezar encontrar escribir escuela
    esperar familia flor fuego gente grande hablar hacer hijo historia hombre hora hoy jugar leche libro
    llamar lugar luz madre mañana mano mar mejor mesa mirar mucho mujer mundo nada noche nombre nuevo nunca
    ojo otro padre país palabra pequeño pensar primero pueblo puerta querer saber semana siempre sol tarde
    tiempo tierra trabajo vender verde vida
"""
_ITALIAN = """
    acqua allora amico anche andare anno aprire bambino bello bene bianco bisogno buono camminare casa
    cercare cielo città come cosa credere dare dire domani donna dopo dormire famiglia fare fiore fuoco
    giardino giorno giovane grande guardare ieri insieme lavoro leggere lettera libro lontano luce lungo
    madre mangiare mano mare mattina mettere mondo montagna molto nome nuovo occhio oggi parlare parola
    partire pensare persona piccolo poco porta prendere primo quando ridere scrivere sempre sera sole strada
    tempo terra trovare uomo vedere verde vita volere
"""
_POLISH = """
    ale bardzo biały brat być chleb chłopiec chodzić czas czytać dawno dobry dom droga drzewo duży dziecko
    dzień dziewczyna gdzie głos góra historia jutro każdy kobieta książka kwiat las lato list ludzie mały
    matka miasto mieć miejsce moja morze mówić myśleć nasz niebo noc nowy ogród oko okno ojciec pamiętać
    pisać pierwszy pracować prawda przyjaciel pytanie ręka rok robić rodzina rzeka słońce słowo stary szkoła
    śpiewać świat tydzień widzieć wieczór woda wszystko wiosna zawsze zielony ziemia zima życie
"""

WORDS = MappingProxyType(
    {
        "en-us": tuple(_ENGLISH.split()),
        "en": tuple(_ENGLISH.split()),
        "de": tuple(_GERMAN.split()),
        "fr": tuple(_FRENCH.split()),
        "es": tuple(_SPANISH.split()),
        "it": tuple(_ITALIAN.split()),
        "pl": tuple(_POLISH.split()),
    }
)
LANGUAGES = tuple(WORDS)


def words_of(language: str, *, held_out: bool) -> tuple[str, ...]:
    """The language's words that are held out, or those that are not."""
    return tuple(
        word for place, word in enumerate(WORDS[language]) if (place % _EVERY == _EVERY - 1) == held_out
    )


def line(chance: np.random.Generator, language: str, *, held_out: bool) -> str:
    """Eight to fourteen words with a full stop, in three of ten lines with a pause at a comma."""
    words = words_of(language, held_out=held_out)
    said = [words[int(at)] for at in chance.integers(len(words), size=int(chance.integers(8, 15)))]
    if chance.random() < 0.3:
        said[int(chance.integers(2, len(said) - 2))] += ","
    return " ".join(said) + "."
