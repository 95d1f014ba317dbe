<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE">
<context>
    <name>ApplyDialog</name>
    <message>
        <source>Apply to the timeline</source>
        <translation>Auf die Timeline anwenden</translation>
    </message>
    <message>
        <source>in place of what they replace</source>
        <translation>an die Stelle dessen, was sie ersetzen</translation>
    </message>
    <message>
        <source>on a new track above</source>
        <translation>auf eine neue Spur darüber</translation>
    </message>
    <message>
        <source>as the clip&apos;s other media</source>
        <translation>als weitere Medien des Clips</translation>
    </message>
    <message>
        <source>all tracks move along</source>
        <translation>rücken alle Spuren mit</translation>
    </message>
    <message>
        <source>only the clip&apos;s own tracks</source>
        <translation>nur die eigenen Spuren des Clips</translation>
    </message>
    <message>
        <source>What changes</source>
        <translation>Was sich ändert</translation>
    </message>
    <message>
        <source>Write to</source>
        <translation>Schreiben in</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>All of what changes, as text</source>
        <translation>Alles, was sich ändert, als Text</translation>
    </message>
    <message>
        <source>Takes go</source>
        <translation>Takes kommen</translation>
    </message>
    <message>
        <source>When the length changes</source>
        <translation>Ändert sich die Länge,</translation>
    </message>
    <message>
        <source>Working it out…</source>
        <translation>Wird ermittelt …</translation>
    </message>
    <message>
        <source>Markers</source>
        <translation>Marker</translation>
    </message>
    <message>
        <source>Holes on other tracks</source>
        <translation>Lücken auf anderen Spuren</translation>
    </message>
    <message>
        <source>This format cannot hold</source>
        <translation>Das kann dieses Format nicht halten</translation>
    </message>
    <message>
        <source>To be known of the takes</source>
        <translation>Zu den Takes</translation>
    </message>
    <message>
        <source>Untouched</source>
        <translation>Unberührt</translation>
    </message>
    <message>
        <source>Length: {before} → {after} frames ({change:+d})</source>
        <translation>Länge: {before} → {after} Frames ({change:+d})</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>ChangesView</name>
    <message>
        <source>What changes</source>
        <translation>Was sich ändert</translation>
    </message>
</context>
<context>
    <name>Conductor</name>
    <message>
        <source>scratch voice</source>
        <translation>Behelfsstimme</translation>
    </message>
    <message>
        <source>− {words}</source>
        <translation>− {words}</translation>
    </message>
    <message>
        <source>+ {text}</source>
        <translation>+ {text}</translation>
    </message>
    <message>
        <source>{words} → {text}</source>
        <translation>{words} → {text}</translation>
    </message>
    <message>
        <source>pause to {text}</source>
        <translation>Pause auf {text}</translation>
    </message>
    <message>
        <source>the mouth anew</source>
        <translation>der Mund neu</translation>
    </message>
    <message>
        <source>Move a word&apos;s edge</source>
        <translation>Wortgrenze verschieben</translation>
    </message>
    <message>
        <source>Draw the region on the picture.</source>
        <translation>Ziehen Sie die Region im Bild auf.</translation>
    </message>
    <message>
        <source>engine: starting</source>
        <translation>Engine: startet</translation>
    </message>
    <message>
        <source>engine: running</source>
        <translation>Engine: läuft</translation>
    </message>
    <message>
        <source>engine: gone</source>
        <translation>Engine: weg</translation>
    </message>
    <message>
        <source>The engine is gone; your work is kept, and it is being started again. {why}</source>
        <translation>Die Engine ist weg; Ihre Arbeit bleibt erhalten, und sie wird neu gestartet. {why}</translation>
    </message>
    <message>
        <source>Pickup engine {version}, process {pid}
{running} running, {queued} waiting</source>
        <translation>Pickup-Engine {version}, Prozess {pid}
{running} in Arbeit, {queued} warten</translation>
    </message>
    <message>
        <source>{name} has the takes already. Take them back to apply other ones, or read it again (F5) to go on from there.</source>
        <translation>{name} hat die Takes schon. Nehmen Sie sie zurück, um andere anzuwenden, oder lesen Sie neu ein (F5), um von dort weiterzuarbeiten.</translation>
    </message>
    <message>
        <source>Take it back</source>
        <translation>Zurücknehmen</translation>
    </message>
    <message>
        <source>Written and read back: {file}, takes: {takes}.</source>
        <translation>Geschrieben und gegengelesen: {file}, Takes: {takes}.</translation>
    </message>
    <message>
        <source>The timeline is as it was.</source>
        <translation>Die Timeline ist wieder, wie sie war.</translation>
    </message>
</context>
<context>
    <name>EmptyPage</name>
    <message>
        <source>Open a timeline</source>
        <translation>Eine Timeline öffnen</translation>
    </message>
    <message>
        <source>From Kdenlive, Premiere, Resolve or Final Cut: save or export it as a file, and drop it here. Pickup shows what is said; what you change in the words it changes in the picture.</source>
        <translation>Aus Kdenlive, Premiere, Resolve oder Final Cut: als Datei sichern oder exportieren und hier ablegen. Pickup zeigt, was gesagt wird; was Sie an den Worten ändern, ändert es im Bild.</translation>
    </message>
    <message>
        <source>Open a timeline…</source>
        <translation>Eine Timeline öffnen …</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Find</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Replace with</source>
        <translation>Ersetzen durch</translation>
    </message>
    <message>
        <source>Whole words</source>
        <translation>Ganze Wörter</translation>
    </message>
    <message>
        <source>Aa</source>
        <translation>Aa</translation>
    </message>
    <message>
        <source>Capitals count</source>
        <translation>Groß- und Kleinschreibung beachten</translation>
    </message>
    <message>
        <source>The one before</source>
        <translation>Vorheriger Treffer</translation>
    </message>
    <message>
        <source>The next one</source>
        <translation>Nächster Treffer</translation>
    </message>
    <message>
        <source>Replace all</source>
        <translation>Alle ersetzen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message numerus="yes">
        <source>%n found</source>
        <translation>
            <numerusform>%n Treffer</numerusform>
            <numerusform>%n Treffer</numerusform>
        </translation>
    </message>
    <message>
        <source>{at} of {count}</source>
        <translation>{at} von {count}</translation>
    </message>
</context>
<context>
    <name>Hosting</name>
    <message>
        <source>Waiting for {program}: start Pickup inside it.</source>
        <translation>Warten auf {program}: starten Sie Pickup darin.</translation>
    </message>
    <message>
        <source>{program} has gone; your edits are kept.</source>
        <translation>{program} ist weg; Ihre Änderungen bleiben erhalten.</translation>
    </message>
    <message>
        <source>{what} was changed outside. Read it again? Your edits come along where the clip is the same; else they are set aside, and nothing is lost.</source>
        <translation>{what} wurde außerhalb geändert. Neu einlesen? Ihre Änderungen kommen mit, wo der Clip derselbe ist; sonst werden sie beiseitegelegt, und nichts geht verloren.</translation>
    </message>
    <message>
        <source>Read it again</source>
        <translation>Neu einlesen</translation>
    </message>
    <message>
        <source>Keep working</source>
        <translation>Weiterarbeiten</translation>
    </message>
    <message>
        <source>You go on with the timeline as it was. Before you apply, read it again (F5).</source>
        <translation>Sie arbeiten mit der Timeline weiter, wie sie war. Lesen Sie sie neu ein, bevor Sie anwenden (F5).</translation>
    </message>
</context>
<context>
    <name>KeptWords</name>
    <message>
        <source>The autosave was damaged; what of it could be read is here, and the file is {path}</source>
        <translation>Die automatische Sicherung war beschädigt; was lesbar war, ist hier, und die Datei ist {path}</translation>
    </message>
    <message>
        <source>What was kept of this clip is of other words, and is set aside as {path}</source>
        <translation>Was von diesem Clip aufgehoben war, gehört zu anderen Wörtern und liegt jetzt in {path}</translation>
    </message>
</context>
<context>
    <name>ListenPage</name>
    <message>
        <source>Nobody has listened to this clip yet</source>
        <translation>Diesen Clip hat noch niemand angehört</translation>
    </message>
    <message>
        <source>Nobody has listened to {name} yet</source>
        <translation>{name} hat noch niemand angehört</translation>
    </message>
    <message>
        <source>With a script every word&apos;s time is found at once. Without one Whisper listens, where its model is installed (pickup models pull whisper-small).</source>
        <translation>Mit einem Skript ist die Zeit jedes Wortes sofort gefunden. Ohne hört Whisper zu, wo sein Modell installiert ist (pickup models pull whisper-small).</translation>
    </message>
    <message>
        <source>I have the script…</source>
        <translation>Ich habe das Skript …</translation>
    </message>
    <message>
        <source>A text file of what is said.</source>
        <translation>Eine Textdatei dessen, was gesagt wird.</translation>
    </message>
    <message>
        <source>Recognise the words</source>
        <translation>Die Wörter erkennen</translation>
    </message>
    <message>
        <source>Takes about a minute for ten.</source>
        <translation>Dauert für zehn Minuten etwa eine.</translation>
    </message>
</context>
<context>
    <name>Listening</name>
    <message>
        <source>The script</source>
        <translation>Das Skript</translation>
    </message>
    <message>
        <source>Write what is said</source>
        <translation>Aufschreiben, was gesagt wird</translation>
    </message>
    <message>
        <source>What is said in this clip, word for word:</source>
        <translation>Was in diesem Clip gesagt wird, Wort für Wort:</translation>
    </message>
    <message>
        <source>What is said</source>
        <translation>Was gesagt wird</translation>
    </message>
    <message>
        <source>The recording</source>
        <translation>Die Aufnahme</translation>
    </message>
    <message>
        <source>Sound</source>
        <translation>Ton</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
</context>
<context>
    <name>LookingOn</name>
    <message>
        <source>This clip is open in another panel. You see here what is done there, and can change it once that panel is closed.</source>
        <translation>Dieser Clip ist in einem anderen Panel offen. Sie sehen hier, was dort geschieht, und können ihn ändern, sobald jenes Panel geschlossen ist.</translation>
    </message>
    <message>
        <source>The other panel is closed. The clip is edited here from now on.</source>
        <translation>Das andere Panel ist geschlossen. Der Clip wird von nun an hier bearbeitet.</translation>
    </message>
</context>
<context>
    <name>Menus</name>
    <message>
        <source>Open &amp;recent</source>
        <translation>&amp;Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>&amp;Erscheinungsbild</translation>
    </message>
    <message>
        <source>As the desktop is</source>
        <translation>Wie der Desktop</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
</context>
<context>
    <name>Microphone</name>
    <message>
        <source>No microphone is connected: connect one, or choose a file.</source>
        <translation>Kein Mikrofon ist angeschlossen: schließen Sie eines an, oder wählen Sie eine Datei.</translation>
    </message>
    <message>
        <source>The microphone is not allowed: allow it in the system&apos;s privacy settings.</source>
        <translation>Das Mikrofon ist nicht erlaubt: erlauben Sie es in den Datenschutzeinstellungen des Systems.</translation>
    </message>
    <message>
        <source>{name} does not record at 48 kHz: choose another microphone.</source>
        <translation>{name} nimmt nicht mit 48 kHz auf: wählen Sie ein anderes Mikrofon.</translation>
    </message>
    <message>
        <source>{name} gives no sound: another program may have it.</source>
        <translation>{name} liefert keinen Ton: vielleicht benutzt es ein anderes Programm.</translation>
    </message>
</context>
<context>
    <name>MutePage</name>
    <message>
        <source>This clip has no sound</source>
        <translation>Dieser Clip hat keinen Ton</translation>
    </message>
    <message>
        <source>Write what is said…</source>
        <translation>Aufschreiben, was gesagt wird …</translation>
    </message>
    <message>
        <source>The words are spread over the clip; you set their edges in the strip, by eye.</source>
        <translation>Die Wörter werden über den Clip verteilt; ihre Grenzen setzen Sie im Streifen nach dem Bild.</translation>
    </message>
    <message>
        <source>Take the words from a text file…</source>
        <translation>Die Wörter aus einer Textdatei nehmen …</translation>
    </message>
    <message>
        <source>Spread likewise.</source>
        <translation>Ebenso verteilt.</translation>
    </message>
    <message>
        <source>Listen to another recording…</source>
        <translation>Eine andere Aufnahme anhören …</translation>
    </message>
    <message>
        <source>Of a recorder that ran with the camera: it has to begin where the film does.</source>
        <translation>Von einem Rekorder, der mit der Kamera lief: Sie muss da beginnen, wo der Film beginnt.</translation>
    </message>
    <message>
        <source>There is nothing to hear in {name}, so its words cannot be found by listening. They can come from elsewhere, and are edited then like all others.</source>
        <translation>In {name} ist nichts zu hören, deshalb lassen sich die Wörter nicht durch Zuhören finden. Sie können anderswoher kommen und werden dann wie alle anderen bearbeitet.</translation>
    </message>
</context>
<context>
    <name>Panel</name>
    <message>
        <source>{name} is no timeline. Make one of it, beside it?</source>
        <translation>{name} ist keine Timeline. Eine daraus machen, daneben?</translation>
    </message>
    <message>
        <source>Make {name}</source>
        <translation>{name} anlegen</translation>
    </message>
    <message>
        <source>Find the media…</source>
        <translation>Medien suchen…</translation>
    </message>
    <message>
        <source>Where the media are now</source>
        <translation>Wo die Medien jetzt sind</translation>
    </message>
    <message>
        <source>Open a timeline</source>
        <translation>Eine Timeline öffnen</translation>
    </message>
    <message>
        <source>Timelines</source>
        <translation>Timelines</translation>
    </message>
</context>
<context>
    <name>PauseDialog</name>
    <message>
        <source>Shorten pauses</source>
        <translation>Pausen kürzen</translation>
    </message>
    <message>
        <source>Pauses longer than</source>
        <translation>Pausen länger als</translation>
    </message>
    <message>
        <source>become</source>
        <translation>werden zu</translation>
    </message>
    <message>
        <source> s</source>
        <translation> s</translation>
    </message>
    <message>
        <source>Pauses: {count}, together {seconds:.1f} s shorter</source>
        <translation>Pausen: {count}, zusammen {seconds:.1f} s kürzer</translation>
    </message>
</context>
<context>
    <name>Picture</name>
    <message>
        <source>Picture</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>loading…</source>
        <translation>lädt …</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>Vorher</translation>
    </message>
    <message>
        <source>After</source>
        <translation>Nachher</translation>
    </message>
</context>
<context>
    <name>Player</name>
    <message>
        <source>No clip is open</source>
        <translation>Kein Clip ist geöffnet</translation>
    </message>
    <message>
        <source>Open a timeline and choose a clip in it.</source>
        <translation>Öffnen Sie eine Timeline, und wählen Sie einen Clip darin.</translation>
    </message>
    <message>
        <source>not rendered yet</source>
        <translation>noch nicht gerendert</translation>
    </message>
    <message>
        <source>The preview is being made</source>
        <translation>Die Vorschau wird erstellt</translation>
    </message>
</context>
<context>
    <name>PlayerActions</name>
    <message>
        <source>Play or pause</source>
        <translation>Abspielen oder anhalten</translation>
    </message>
    <message>
        <source>Play backwards, again for faster</source>
        <translation>Rückwärts abspielen, nochmals für schneller</translation>
    </message>
    <message>
        <source>Stop; held, J and L go by the frame</source>
        <translation>Stopp; gehalten gehen J und L frameweise</translation>
    </message>
    <message>
        <source>Play forwards, again for faster</source>
        <translation>Vorwärts abspielen, nochmals für schneller</translation>
    </message>
    <message>
        <source>One frame back</source>
        <translation>Ein Frame zurück</translation>
    </message>
    <message>
        <source>One frame on</source>
        <translation>Ein Frame weiter</translation>
    </message>
    <message>
        <source>Ten frames back</source>
        <translation>Zehn Frames zurück</translation>
    </message>
    <message>
        <source>Ten frames on</source>
        <translation>Zehn Frames weiter</translation>
    </message>
    <message>
        <source>To the start</source>
        <translation>Zum Anfang</translation>
    </message>
    <message>
        <source>To the end</source>
        <translation>Zum Ende</translation>
    </message>
    <message>
        <source>Mark in</source>
        <translation>In-Punkt setzen</translation>
    </message>
    <message>
        <source>Mark out</source>
        <translation>Out-Punkt setzen</translation>
    </message>
    <message>
        <source>To the in mark</source>
        <translation>Zum In-Punkt</translation>
    </message>
    <message>
        <source>To the out mark</source>
        <translation>Zum Out-Punkt</translation>
    </message>
    <message>
        <source>Clear in and out</source>
        <translation>In und Out löschen</translation>
    </message>
    <message>
        <source>Loop from in to out, or the edit here</source>
        <translation>Schleife von In bis Out, oder um die Änderung hier</translation>
    </message>
    <message>
        <source>To the cut before</source>
        <translation>Zum vorherigen Schnitt</translation>
    </message>
    <message>
        <source>To the next cut</source>
        <translation>Zum nächsten Schnitt</translation>
    </message>
    <message>
        <source>See the edit</source>
        <translation>Die Änderung sehen</translation>
    </message>
    <message>
        <source>See the original</source>
        <translation>Das Original sehen</translation>
    </message>
    <message>
        <source>Wipe between original and edit</source>
        <translation>Wischblende zwischen Original und Änderung</translation>
    </message>
    <message>
        <source>Original and edit side by side</source>
        <translation>Original und Änderung nebeneinander</translation>
    </message>
    <message>
        <source>Original and edit in turn</source>
        <translation>Original und Änderung im Wechsel</translation>
    </message>
</context>
<context>
    <name>QueueView</name>
    <message>
        <source>Queue</source>
        <translation>Warteschlange</translation>
    </message>
    <message>
        <source>Cancel all</source>
        <translation>Alle abbrechen</translation>
    </message>
    <message>
        <source>Nothing is being rendered.</source>
        <translation>Es wird nichts gerendert.</translation>
    </message>
</context>
<context>
    <name>RecordDialog</name>
    <message>
        <source>Record the new words</source>
        <translation>Die neuen Wörter aufnehmen</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>Pegel</translation>
    </message>
    <message>
        <source>Listen</source>
        <translation>Anhören</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Nothing is heard.</source>
        <translation>Es ist nichts zu hören.</translation>
    </message>
    <message>
        <source>Say the words after the count.</source>
        <translation>Sprechen Sie die Wörter nach dem Einzählen.</translation>
    </message>
    <message>
        <source>{n}…</source>
        <translation>{n} …</translation>
    </message>
    <message>
        <source>Speak now.</source>
        <translation>Jetzt sprechen.</translation>
    </message>
    <message>
        <source>Listen to it, keep it, or say it once more.</source>
        <translation>Anhören, behalten oder noch einmal sprechen.</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Once more</source>
        <translation>Noch einmal</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>Aufnehmen</translation>
    </message>
</context>
<context>
    <name>RegionLayer</name>
    <message>
        <source>Region to render</source>
        <translation>Zu rendernde Region</translation>
    </message>
</context>
<context>
    <name>Session</name>
    <message>
        <source>This clip is open in another panel: it is edited there.</source>
        <translation>Dieser Clip ist in einem anderen Panel offen: Er wird dort bearbeitet.</translation>
    </message>
    <message>
        <source>The draft makes no mouth anew: choose another renderer for that.</source>
        <translation>Der Entwurf macht keinen Mund neu: wählen Sie dafür einen anderen Renderer.</translation>
    </message>
    <message>
        <source>Nothing is edited yet.</source>
        <translation>Noch ist nichts geändert.</translation>
    </message>
    <message>
        <source>Edits without a take yet: {n}. Wait for it, or render.</source>
        <translation>Änderungen noch ohne Take: {n}. Warten Sie darauf, oder rendern Sie.</translation>
    </message>
</context>
<context>
    <name>ShortcutSheet</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastaturkürzel</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>What they do</source>
        <translation>Was sie tun</translation>
    </message>
</context>
<context>
    <name>Strip</name>
    <message>
        <source>Strip: waveform, words and edits</source>
        <translation>Streifen: Wellenform, Wörter und Änderungen</translation>
    </message>
    <message>
        <source>The clip&apos;s sound, words and edits are shown here</source>
        <translation>Hier stehen Ton, Wörter und Änderungen des Clips</translation>
    </message>
</context>
<context>
    <name>TakesView</name>
    <message>
        <source>Takes</source>
        <translation>Takes</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>Änderung</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>Frames</translation>
    </message>
    <message>
        <source>Take</source>
        <translation>Take</translation>
    </message>
    <message>
        <source>Another take</source>
        <translation>Neuer Take</translation>
    </message>
    <message>
        <source>Reject</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Voice</source>
        <translation>Stimme</translation>
    </message>
    <message>
        <source>Who says the new words of this edit</source>
        <translation>Wer die neuen Wörter dieser Änderung spricht</translation>
    </message>
    <message>
        <source>At once, without a model: cuts are bridged, mouths are not made anew.</source>
        <translation>Sofort, ohne Modell: Schnitte werden überbrückt, Münder nicht neu gemacht.</translation>
    </message>
    <message>
        <source>A small model for drawn faces, on any machine.</source>
        <translation>Ein kleines Modell für gezeichnete Gesichter, auf jedem Rechner.</translation>
    </message>
    <message>
        <source>The paper&apos;s model: needs its weights and a GPU (pickup doctor says what is here).</source>
        <translation>Das Modell des Artikels: braucht seine Gewichte und eine GPU (pickup doctor sagt, was da ist).</translation>
    </message>
    <message>
        <source>lips</source>
        <translation>Lippen</translation>
    </message>
    <message>
        <source>face</source>
        <translation>Gesicht</translation>
    </message>
    <message>
        <source>head</source>
        <translation>Kopf</translation>
    </message>
    <message>
        <source>a drawn box</source>
        <translation>gezeichneter Rahmen</translation>
    </message>
    <message>
        <source>Renderer</source>
        <translation>Renderer</translation>
    </message>
    <message>
        <source>Region</source>
        <translation>Region</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <source>no take yet</source>
        <translation>noch kein Take</translation>
    </message>
    <message>
        <source>seed {n}</source>
        <translation>Startwert {n}</translation>
    </message>
    <message>
        <source>scratch voice</source>
        <translation>Behelfsstimme</translation>
    </message>
    <message>
        <source>mouth not synced</source>
        <translation>Mund nicht synchron</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>verworfen</translation>
    </message>
    <message>
        <source>plays</source>
        <translation>spielt</translation>
    </message>
</context>
<context>
    <name>TidyDialog</name>
    <message>
        <source>Filler words and repeated takes</source>
        <translation>Füllwörter und Wiederholungen</translation>
    </message>
    <message>
        <source>What may go</source>
        <translation>Was weg kann</translation>
    </message>
    <message>
        <source>Filler words</source>
        <translation>Füllwörter</translation>
    </message>
    <message>
        <source>Said again</source>
        <translation>Noch einmal gesagt</translation>
    </message>
    <message>
        <source>Nothing was found that may go.</source>
        <translation>Nichts gefunden, was weg kann.</translation>
    </message>
    <message>
        <source>What is checked is struck out; you can restore it.</source>
        <translation>Was angehakt ist, wird gestrichen; Sie können es wiederherstellen.</translation>
    </message>
    <message numerus="yes">
        <source>Strike out %n</source>
        <translation>
            <numerusform>%n streichen</numerusform>
            <numerusform>%n streichen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TranscriptView</name>
    <message>
        <source>Transcript</source>
        <translation>Transkript</translation>
    </message>
    <message>
        <source>Correct</source>
        <translation>Korrigieren</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>Einfügen</translation>
    </message>
    <message>
        <source>Typing</source>
        <translation>Tippen</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Ersetzen</translation>
    </message>
    <message>
        <source>Strike out</source>
        <translation>Streichen</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
</context>
<context>
    <name>TransportBar</name>
    <message>
        <source>{} f</source>
        <translation>{} f</translation>
    </message>
    <message>
        <source>Frames from in to out</source>
        <translation>Frames von In bis Out</translation>
    </message>
    <message>
        <source>Frames of the edit</source>
        <translation>Frames der Änderung</translation>
    </message>
    <message>
        <source>Timecode</source>
        <translation>Timecode</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
</context>
<context>
    <name>VoiceCommands</name>
    <message>
        <source>Record it…</source>
        <translation>Aufnehmen …</translation>
    </message>
    <message>
        <source>Scratch voice</source>
        <translation>Behelfsstimme</translation>
    </message>
    <message>
        <source>A file…</source>
        <translation>Eine Datei …</translation>
    </message>
    <message>
        <source>A file: {name}…</source>
        <translation>Eine Datei: {name} …</translation>
    </message>
    <message>
        <source>Who says “{text}”</source>
        <translation>Wer „{text}“ spricht</translation>
    </message>
    <message>
        <source>Sound</source>
        <translation>Ton</translation>
    </message>
    <message>
        <source>There are no new words to record.</source>
        <translation>Es gibt keine neuen Wörter aufzunehmen.</translation>
    </message>
</context>
<context>
    <name>Window</name>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Words</source>
        <translation>&amp;Wörter</translation>
    </message>
    <message>
        <source>&amp;Takes</source>
        <translation>&amp;Takes</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>Werkzeuge</translation>
    </message>
    <message>
        <source>Clip</source>
        <translation>Clip</translation>
    </message>
    <message>
        <source>The clip that is edited</source>
        <translation>Der Clip, der bearbeitet wird</translation>
    </message>
    <message>
        <source>Takes</source>
        <translation>Takes</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>Warteschlange</translation>
    </message>
</context>
<context>
    <name>WordCommands</name>
    <message>
        <source>Restore</source>
        <translation>Wiederherstellen</translation>
    </message>
    <message>
        <source>Protect</source>
        <translation>Schützen</translation>
    </message>
    <message>
        <source>Unprotect</source>
        <translation>Schutz aufheben</translation>
    </message>
    <message>
        <source>Leave as filmed</source>
        <translation>Lassen, wie gefilmt</translation>
    </message>
    <message>
        <source>Render anew</source>
        <translation>Neu rendern</translation>
    </message>
    <message>
        <source>Correcting: the text changes, the picture does not.</source>
        <translation>Korrektur: der Text ändert sich, das Bild nicht.</translation>
    </message>
    <message>
        <source>Speaker</source>
        <translation>Sprecher</translation>
    </message>
    <message>
        <source>Who speaks here?</source>
        <translation>Wer spricht hier?</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Keep the pause</source>
        <translation>Die Pause behalten</translation>
    </message>
    <message>
        <source>Take the pause out</source>
        <translation>Die Pause herausnehmen</translation>
    </message>
    <message>
        <source>Shorten it to {seconds:.1f} s</source>
        <translation>Auf {seconds:.1f} s kürzen</translation>
    </message>
    <message>
        <source>Shorten pauses</source>
        <translation>Pausen kürzen</translation>
    </message>
    <message>
        <source>Fillers</source>
        <translation>Füllwörter</translation>
    </message>
    <message>
        <source>Replace all</source>
        <translation>Alle ersetzen</translation>
    </message>
    <message numerus="yes">
        <source>%n replaced</source>
        <translation>
            <numerusform>%n ersetzt</numerusform>
            <numerusform>%n ersetzt</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>, %n protected and left</source>
        <translation>
            <numerusform>, %n geschützt und belassen</numerusform>
            <numerusform>, %n geschützt und belassen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>_Row</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>known already</source>
        <translation>schon bekannt</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source> · {time} left</source>
        <translation> · noch {time}</translation>
    </message>
</context>
<context>
    <name>apply</name>
    <message>
        <source>the open project: {name}</source>
        <translation>das geöffnete Projekt: {name}</translation>
    </message>
    <message>
        <source>a new file, {name}</source>
        <translation>eine neue Datei, {name}</translation>
    </message>
    <message>
        <source>{name} itself</source>
        <translation>{name} selbst</translation>
    </message>
</context>
<context>
    <name>commands</name>
    <message>
        <source>Strike</source>
        <translation>Streichen</translation>
    </message>
    <message>
        <source>Correct</source>
        <translation>Korrigieren</translation>
    </message>
    <message>
        <source>Protect</source>
        <translation>Schützen</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Fillers</source>
        <translation>Füllwörter</translation>
    </message>
    <message>
        <source>Pauses</source>
        <translation>Pausen</translation>
    </message>
    <message>
        <source>Render</source>
        <translation>Rendern</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>Anwenden</translation>
    </message>
    <message>
        <source>Open a timeline…</source>
        <translation>Eine Timeline öffnen …</translation>
    </message>
    <message>
        <source>Read the timeline again</source>
        <translation>Die Timeline neu einlesen</translation>
    </message>
    <message>
        <source>Apply to the timeline…</source>
        <translation>Auf die Timeline anwenden …</translation>
    </message>
    <message>
        <source>Take the last apply back</source>
        <translation>Das letzte Anwenden zurücknehmen</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Strike out</source>
        <translation>Streichen</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>Wiederherstellen</translation>
    </message>
    <message>
        <source>Correct the text only</source>
        <translation>Nur den Text korrigieren</translation>
    </message>
    <message>
        <source>Find and replace…</source>
        <translation>Suchen und ersetzen …</translation>
    </message>
    <message>
        <source>Filler words and repeated takes…</source>
        <translation>Füllwörter und Wiederholungen …</translation>
    </message>
    <message>
        <source>Shorten pauses…</source>
        <translation>Pausen kürzen …</translation>
    </message>
    <message>
        <source>Protect from lip-sync</source>
        <translation>Vor Lippensynchronisation schützen</translation>
    </message>
    <message>
        <source>Render the mouth anew here</source>
        <translation>Den Mund hier neu rendern</translation>
    </message>
    <message>
        <source>Name the speaker…</source>
        <translation>Den Sprecher benennen …</translation>
    </message>
    <message>
        <source>Render the edits</source>
        <translation>Die Änderungen rendern</translation>
    </message>
    <message>
        <source>Another take of this edit</source>
        <translation>Neuer Take dieser Änderung</translation>
    </message>
    <message>
        <source>Record the new words…</source>
        <translation>Die neuen Wörter aufnehmen …</translation>
    </message>
    <message>
        <source>Reject this take</source>
        <translation>Diesen Take verwerfen</translation>
    </message>
    <message>
        <source>Play or pause</source>
        <translation>Abspielen oder anhalten</translation>
    </message>
    <message>
        <source>To the words</source>
        <translation>Zu den Wörtern</translation>
    </message>
    <message>
        <source>To the picture</source>
        <translation>Zum Bild</translation>
    </message>
    <message>
        <source>To the takes</source>
        <translation>Zu den Takes</translation>
    </message>
    <message>
        <source>To the queue</source>
        <translation>Zur Warteschlange</translation>
    </message>
    <message>
        <source>To the strip</source>
        <translation>Zum Streifen</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastaturkürzel</translation>
    </message>
</context>
<context>
    <name>hosts</name>
    <message>
        <source>Open {project} in Kdenlive.</source>
        <translation>Öffnen Sie {project} in Kdenlive.</translation>
    </message>
    <message>
        <source>In Kdenlive choose File &gt; Revert, and do not save before.</source>
        <translation>Wählen Sie in Kdenlive Datei &gt; Zurücksetzen, und sichern Sie vorher nicht.</translation>
    </message>
    <message>
        <source>Open {file} again in your editing program, and do not save there before.</source>
        <translation>Öffnen Sie {file} in Ihrem Schnittprogramm neu, und sichern Sie dort vorher nicht.</translation>
    </message>
    <message>
        <source>Open {file} in your editing program; {old} is as it was.</source>
        <translation>Öffnen Sie {file} in Ihrem Schnittprogramm; {old} ist, wie es war.</translation>
    </message>
</context>
</TS>
