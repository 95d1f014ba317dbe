"""Editing words, and what the panel keeps and shows of it."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

EDITING: tuple[object | tuple[str, object], ...] = (
    # the words
    QT_TRANSLATE_NOOP("sentences", "correcting goes paragraph by paragraph: select words of one"),
    QT_TRANSLATE_NOOP("sentences", "a pause has no text to correct"),
    QT_TRANSLATE_NOOP("sentences", "new words are not the recogniser's: change them in edit mode"),
    QT_TRANSLATE_NOOP(
        "sentences",
        '"{text}" would be one word of which a part is struck or protected: restore it first',
    ),
    QT_TRANSLATE_NOOP("sentences", '"{text}" is protected: take the protection off first'),
    QT_TRANSLATE_NOOP("sentences", "only a spoken word has edges to move"),
    QT_TRANSLATE_NOOP("sentences", '"{text}" cannot be shorter'),
    QT_TRANSLATE_NOOP("sentences", '"{text}" cannot start before "{last}" ends: move its end first'),
    QT_TRANSLATE_NOOP("sentences", '"{text}" cannot start before the media begins'),
    QT_TRANSLATE_NOOP("sentences", '"{text}" cannot end after "{next}" starts: move its start first'),
    QT_TRANSLATE_NOOP("sentences", '"{text}" is struck: restore it before protecting it'),
    QT_TRANSLATE_NOOP("sentences", '"{text}" is new, its picture has to be rendered: protect spoken words'),
    QT_TRANSLATE_NOOP("sentences", "no spoken word is here: select words whose mouth is to be rendered anew"),
    QT_TRANSLATE_NOOP("sentences", "there is no pause here"),
    QT_TRANSLATE_NOOP("sentences", "a pause cannot be shorter than nothing"),
    # what the panel keeps
    QT_TRANSLATE_NOOP("sentences", "{folder}: this clip is open in another panel; go on there"),
    QT_TRANSLATE_NOOP("sentences", "{folder}: cannot be opened: {why}"),
    QT_TRANSLATE_NOOP("sentences", "{path}: cannot be written: {why}; the last edits are not saved"),
    QT_TRANSLATE_NOOP("sentences", "{path}: cannot be read: {why}"),
    QT_TRANSLATE_NOOP("sentences", "{path}: cannot be written: {why}"),
    QT_TRANSLATE_NOOP("sentences", "{folder}: cannot be written to: {why}"),
    QT_TRANSLATE_NOOP("sentences", "{path}: {size} bytes, more than the {limit} that such a file may have"),
    QT_TRANSLATE_NOOP("sentences", "{path}: not the panel's list of recordings: {why}"),
    QT_TRANSLATE_NOOP("sentences", "{path}: not the panel's list of takes: {why}"),
    QT_TRANSLATE_NOOP("sentences", "{path}: not the panel's list of renders: {why}"),
    # previews
    QT_TRANSLATE_NOOP("sentences", "{name}: frame {frame} is cut short; make the preview again"),
    QT_TRANSLATE_NOOP("sentences", "{name}: frame {frame} has another size than its reel; make it again"),
    QT_TRANSLATE_NOOP("sentences", "{name}: frame {frame} is no picture; make the preview again"),
    QT_TRANSLATE_NOOP("sentences", "{name}: no 16-bit stereo at 48 kHz; make it again"),
    QT_TRANSLATE_NOOP("sentences", "{name}: no wav file ({why}); make the preview again"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{name}: {asked} frames were asked for, {came} came; make the preview again",
    ),
    QT_TRANSLATE_NOOP("sentences", "{name}: faces of {faces} frames instead of {frames}; make it again"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{name}: its frames do not lie in the file one after another; make it again",
    ),
    QT_TRANSLATE_NOOP("sentences", "{name}: the file is gone; make the preview again"),
    # editing programs
    QT_TRANSLATE_NOOP("sentences", "the panel cannot listen for {host}: {why}"),
    QT_TRANSLATE_NOOP("sentences", "{host} is not connected: start Pickup's panel inside it"),
    QT_TRANSLATE_NOOP("sentences", "{host} has not answered in {seconds} s; look whether it shows a dialog"),
    QT_TRANSLATE_NOOP("sentences", "{project} is no Kdenlive project: open it with --host standalone"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{project} has changes in Kdenlive that are not saved: save it there, try again",
    ),
    QT_TRANSLATE_NOOP("sentences", "{project} is not open in Kdenlive: open it there"),
    QT_TRANSLATE_NOOP("sentences", "Kdenlive does not answer: {why}"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "another panel is open beside {host}; close it, or open this one with --host standalone",
    ),
    QT_TRANSLATE_NOOP("sentences", "{timeline} is not what {program} has open: take its sequence anew"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "{problem}, after the edit was placed in {sequence}: nobody has seen how, so look there",
    ),
    QT_TRANSLATE_NOOP("sentences", "{program} says that its sequence is in {path}, and it is not"),
    QT_TRANSLATE_NOOP("sentences", "{problem}; and it could not be taken back: {why}"),
    QT_TRANSLATE_NOOP("sentences", "{program} reads {formats}, and none of them can be written"),
    QT_TRANSLATE_NOOP("sentences", "the edit cannot be written for {program}: {why}"),
    QT_TRANSLATE_NOOP("sentences", "{program} answered a question with another answer: {answer}"),
    QT_TRANSLATE_NOOP("sentences", "the first message is no greeting: {why}"),
    QT_TRANSLATE_NOOP("sentences", "a message that is not of the protocol: {why}"),
    # planning an edit
    QT_TRANSLATE_NOOP("sentences", "{timeline} has no clip of picture: there is nothing to edit in it"),
    QT_TRANSLATE_NOOP("sentences", "{media} has no picture: there is nothing to edit in it"),
    QT_TRANSLATE_NOOP("sentences", "{media} has no picture, so clip {name} cannot be rendered"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "clip {name} at {code} plays at {speed} times its speed, and takes are rendered at the "
        "media's own; render it in place in the editing program first",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "the edit takes out everything the clip shows; remove the clip in the NLE instead",
    ),
    QT_TRANSLATE_NOOP("sentences", "two edits overlap at frame {frame} of the clip: make one edit of them"),
    QT_TRANSLATE_NOOP("sentences", "there is no pause after word {word} of the clip's {words}"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "these edits do not fit the clip in steps of 8 frames: use --set grid=frame",
    ),
    QT_TRANSLATE_NOOP("sentences", '"{text}" is shorter than half a frame: there is nothing to take out'),
    QT_TRANSLATE_NOOP("sentences", "two edits touch the same words: make one edit of them"),
    (
        '"{text}" has no words to say; to take words out, use --remove',
        QT_TRANSLATE_NOOP(
            "sentences",
            '"{text}" has no words to say; to take words out, strike them out',
        ),
    ),
    (
        "{line} speaks for {seconds} s, longer than the whole clip ({limit} s): give the line alone",
        QT_TRANSLATE_NOOP(
            "sentences",
            "the new words take {seconds} s to say ({line}), longer than the whole clip ({limit} s): "
            "say less, or record them anew",
        ),
    ),
    QT_TRANSLATE_NOOP("sentences", "{path}: there is no speech in it, only silence"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "the {renderer} renderer was asked for {asked} and delivered {got}: nothing was placed",
    ),
    # words of a clip
    QT_TRANSLATE_NOOP("sentences", "no words were written in"),
    QT_TRANSLATE_NOOP("sentences", "{path}: not a text file in UTF-8"),
    QT_TRANSLATE_NOOP("sentences", "{path}: not a transcript of `pickup transcribe`: {why}"),
    QT_TRANSLATE_NOOP("sentences", '{path}: word {number}, "{text}", starts or ends out of order'),
    QT_TRANSLATE_NOOP(
        "sentences",
        "the transcript does not belong to {media}: it was measured on a file with other content; "
        "run `pickup transcribe` on this one",
    ),
    QT_TRANSLATE_NOOP("sentences", "{path}: not a transcript of Premiere's: {why}"),
    QT_TRANSLATE_NOOP("sentences", "{path}: no words in it; transcribe the clip in Premiere's Text panel"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "the transcript does not belong to {media}: its last word ends at {end} s, the media at "
        "{length} s; export this clip's transcript from Premiere",
    ),
    QT_TRANSLATE_NOOP("sentences", "the script has no words in it: give the words that are said"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "the script has {words} words and {path} only {seconds} s of sound: give the words of this "
        "file alone",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "the script is not what is said: from {time} s on its words cannot be fitted to the sound, "
        "{left} of them are left at the end. Compare the script with the sound there",
    ),
    QT_TRANSLATE_NOOP("sentences", "{path} cannot be transcribed: {why}"),
    QT_TRANSLATE_NOOP("sentences", "the speech model {model} failed on {path}: {why}"),
    QT_TRANSLATE_NOOP(
        "sentences",
        "speech recognition needs faster-whisper: pip install 'pickup-editor[whisper]', {instead}",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "the speech model in {folder} lacks {missing}: copy it there whole, {instead}",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "the speech model in {folder} cannot be loaded ({why}): copy it there again, {instead}",
    ),
    QT_TRANSLATE_NOOP(
        "sentences",
        "there are no weights of the speech model {model} on this machine, and none are downloaded "
        "unasked: get them with `hf download Systran/faster-whisper-{name}`, or name a folder with a "
        "converted model, {instead}",
    ),
    (
        "or give the words with --script",
        QT_TRANSLATE_NOOP(
            "sentences",
            "or give the words as a script",
        ),
    ),
)
