<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE">
<context>
    <name>ApplyCommands</name>
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
        <source>Length: {before} → {after} frames ({change})</source>
        <translation>Länge: {before} → {after} Frames ({change})</translation>
    </message>
</context>
<context>
    <name>AtWork</name>
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
    <name>ClipTakes</name>
    <message>
        <source>The draft makes no mouth anew: choose another renderer for that.</source>
        <translation>Der Entwurf macht keinen Mund neu: wählen Sie dafür einen anderen Renderer.</translation>
    </message>
</context>
<context>
    <name>Conductor</name>
    <message>
        <source>Move a word&apos;s edge</source>
        <translation>Wortgrenze verschieben</translation>
    </message>
    <message>
        <source>Draw the region on the picture.</source>
        <translation>Ziehen Sie die Region im Bild auf.</translation>
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
    <message>
        <source>Opening {name}…</source>
        <translation>{name} wird geöffnet …</translation>
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
    <name>Finding</name>
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
    <message>
        <source>The recording gives the clip its words. It is not played here, nor laid on the timeline: put it on a track of its own in your editing program, where it is cut along with the clip.</source>
        <translation>Die Aufnahme gibt dem Clip seine Wörter. Sie wird hier nicht abgespielt und kommt nicht auf die Timeline: Legen Sie sie in Ihrem Schnittprogramm auf eine eigene Spur, wo sie mit dem Clip geschnitten wird.</translation>
    </message>
    <message>
        <source>Listening…</source>
        <translation>Wird angehört …</translation>
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
    <name>LongPauses</name>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} s</translation>
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
        <source>What becomes shorter</source>
        <translation>Was kürzer wird</translation>
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
        <source>Pauses: {count}, together {seconds} s shorter</source>
        <translation>Pausen: {count}, zusammen {seconds} s kürzer</translation>
    </message>
    <message numerus="yes">
        <source>Shorten %n</source>
        <translation>
            <numerusform>%n kürzen</numerusform>
            <numerusform>%n kürzen</numerusform>
        </translation>
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
    <message numerus="yes">
        <source>%n more are waiting</source>
        <translation>
            <numerusform>%n weiterer Auftrag wartet</numerusform>
            <numerusform>%n weitere Aufträge warten</numerusform>
        </translation>
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
    <name>RenderingChoice</name>
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
        <source>LTX-2: public weights and a GPU. How well its mouths keep to the speech is unverified.</source>
        <translation>LTX-2: öffentliche Gewichte und eine GPU. Wie gut seine Münder der Rede folgen, ist ungeprüft.</translation>
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
        <source>What renders the next takes</source>
        <translation>Womit die nächsten Takes gerendert werden</translation>
    </message>
    <message>
        <source>Region</source>
        <translation>Region</translation>
    </message>
    <message>
        <source>How much of the face is made anew</source>
        <translation>Wie viel des Gesichts neu gemacht wird</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <source>Another number makes another take of the same edit</source>
        <translation>Eine andere Zahl macht einen anderen Take derselben Änderung</translation>
    </message>
</context>
<context>
    <name>Session</name>
    <message>
        <source>This clip is open in another panel: it is edited there.</source>
        <translation>Dieser Clip ist in einem anderen Panel offen: Er wird dort bearbeitet.</translation>
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
    <name>SettingsDialog</name>
    <message>
        <source>How {renderer} renders</source>
        <translation>So rendert {renderer}</translation>
    </message>
    <message>
        <source>A name from the list, OWNER/NAME of the hub, or a folder</source>
        <translation>Ein Name aus der Liste, BESITZER/NAME im Hub oder ein Ordner</translation>
    </message>
    <message>
        <source>Folder…</source>
        <translation>Ordner …</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>as suits this machine</source>
        <translation>wie es zu diesem Rechner passt</translation>
    </message>
    <message>
        <source>FP8, half the memory (Ada, Hopper or later)</source>
        <translation>FP8, halber Speicher (ab Ada, Hopper)</translation>
    </message>
    <message>
        <source>stored in FP8, slower, on any card</source>
        <translation>in FP8 abgelegt, langsamer, auf jeder Karte</translation>
    </message>
    <message>
        <source>float32, for a CPU</source>
        <translation>float32, für eine CPU</translation>
    </message>
    <message>
        <source>Keep the model in main memory, and what is needed on the card</source>
        <translation>Das Modell im Hauptspeicher halten, auf der Karte nur, was gerade rechnet</translation>
    </message>
    <message>
        <source>For cards that it does not fit: pickup doctor says which</source>
        <translation>Für Karten, auf die es nicht passt: pickup doctor sagt, welche das sind</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>as its weights say</source>
        <translation>wie die Gewichte es vorgeben</translation>
    </message>
    <message>
        <source>Above 1 mouths move further, and a step takes twice as long; 1 is none</source>
        <translation>Über 1 bewegen sich Münder weiter, und ein Schritt dauert doppelt so lange; 1 ist keine</translation>
    </message>
    <message>
        <source>Led by the sound</source>
        <translation>Führung durch den Ton</translation>
    </message>
    <message>
        <source>Hear only where the picture is made anew</source>
        <translation>Nur dort hören, wo das Bild neu entsteht</translation>
    </message>
    <message>
        <source>As in the paper; LTX-2 was trained to hear everywhere</source>
        <translation>Wie im Artikel; LTX-2 hat gelernt, überall zu hören</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <source>Against mouths that stay still with a synthetic voice: try 0.001. The take stays clean</source>
        <translation>Gegen Münder, die bei künstlicher Stimme stillstehen: versuchen Sie 0,001. Der Take bleibt sauber</translation>
    </message>
    <message>
        <source>Noise over what it hears</source>
        <translation>Rauschen über dem Gehörten</translation>
    </message>
    <message>
        <source>Away from what no words give: try 3. Distilled weights refuse it</source>
        <translation>Weg von dem, was ohne Worte entsteht: versuchen Sie 3. Destillierte Gewichte lehnen das ab</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Led by the words</source>
        <translation>Führung durch den Text</translation>
    </message>
    <message>
        <source>Looking for it…</source>
        <translation>Wird gesucht …</translation>
    </message>
    <message>
        <source>The folder with the weights</source>
        <translation>Der Ordner mit den Gewichten</translation>
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
    <name>Showing</name>
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
        <source>Render the selected edit once more</source>
        <translation>Die gewählte Änderung noch einmal rendern</translation>
    </message>
    <message>
        <source>Another take of the edit plays instead of the selected one</source>
        <translation>Statt des gewählten spielt ein anderer Take der Änderung</translation>
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
        <source>Settings…</source>
        <translation>Einstellungen …</translation>
    </message>
    <message>
        <source>The renderer&apos;s weights, and how it works</source>
        <translation>Gewichte und Arbeitsweise des Renderers</translation>
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
        <source>marked: no consent on record</source>
        <translation>gekennzeichnet: keine Einwilligung hinterlegt</translation>
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
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
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
        <source>Takes and queue</source>
        <translation>Takes und Warteschlange</translation>
    </message>
    <message>
        <source>Takes</source>
        <translation>Takes</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>Warteschlange</translation>
    </message>
    <message>
        <source>How much longer or shorter the clip becomes, in frames</source>
        <translation>Um wie viele Frames der Clip länger oder kürzer wird</translation>
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
        <source>Shorten it to {seconds} s</source>
        <translation>Auf {seconds} s kürzen</translation>
    </message>
    <message>
        <source>Shorten pauses</source>
        <translation>Pausen kürzen</translation>
    </message>
    <message>
        <source>Fillers</source>
        <translation>Füllwörter</translation>
    </message>
</context>
<context>
    <name>_EditList</name>
    <message>
        <source>What you change in the words is listed here, with its takes.</source>
        <translation>Was Sie an den Wörtern ändern, steht hier mit seinen Takes.</translation>
    </message>
</context>
<context>
    <name>_Row</name>
    <message>
        <source>Render</source>
        <translation>Rendern</translation>
    </message>
    <message>
        <source>Recognising words</source>
        <translation>Wörter erkennen</translation>
    </message>
    <message>
        <source>Finding the words of a script</source>
        <translation>Wörter eines Skripts finden</translation>
    </message>
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
        <source>The renderer&apos;s settings…</source>
        <translation>Einstellungen des Renderers …</translation>
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
<context>
    <name>kinds</name>
    <message>
        <source>several clips have this name</source>
        <translation>mehrere Clips heißen so</translation>
    </message>
    <message>
        <source>the model&apos;s weights cannot be used</source>
        <translation>die Gewichte des Modells sind nicht zu gebrauchen</translation>
    </message>
    <message>
        <source>the media cannot be used</source>
        <translation>die Medien sind nicht zu gebrauchen</translation>
    </message>
    <message>
        <source>this cannot be done</source>
        <translation>das geht nicht</translation>
    </message>
    <message>
        <source>no consent is on record</source>
        <translation>es ist keine Einwilligung hinterlegt</translation>
    </message>
    <message>
        <source>the disk is full</source>
        <translation>die Platte ist voll</translation>
    </message>
    <message>
        <source>the engine reports a fault</source>
        <translation>die Engine meldet einen Fehler</translation>
    </message>
    <message>
        <source>the engine cannot be reached</source>
        <translation>die Engine ist nicht zu erreichen</translation>
    </message>
    <message>
        <source>the editing program did something else</source>
        <translation>das Schnittprogramm hat etwas anderes getan</translation>
    </message>
    <message>
        <source>the editing program cannot do this</source>
        <translation>das Schnittprogramm kann das nicht</translation>
    </message>
    <message>
        <source>the editing program does not answer</source>
        <translation>das Schnittprogramm antwortet nicht</translation>
    </message>
    <message>
        <source>this edit is not possible</source>
        <translation>diese Änderung ist nicht möglich</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>media are missing</source>
        <translation>Medien fehlen</translation>
    </message>
    <message>
        <source>a model is missing</source>
        <translation>ein Modell fehlt</translation>
    </message>
    <message>
        <source>picture or sound is missing</source>
        <translation>Bild oder Ton fehlt</translation>
    </message>
    <message>
        <source>this machine cannot do it</source>
        <translation>diese Maschine kann das nicht</translation>
    </message>
    <message>
        <source>the cuts are not where the model needs them</source>
        <translation>die Schnitte liegen nicht, wo das Modell sie braucht</translation>
    </message>
    <message>
        <source>there is not enough memory</source>
        <translation>der Speicher reicht nicht</translation>
    </message>
    <message>
        <source>these words are not found</source>
        <translation>diese Wörter sind nicht zu finden</translation>
    </message>
    <message>
        <source>what was written reads back otherwise</source>
        <translation>was geschrieben wurde, liest sich anders zurück</translation>
    </message>
    <message>
        <source>rendering failed</source>
        <translation>das Rendern ist gescheitert</translation>
    </message>
    <message>
        <source>the renderer delivered something else</source>
        <translation>der Renderer hat etwas anderes geliefert</translation>
    </message>
    <message>
        <source>the timeline was changed by another program</source>
        <translation>die Timeline wurde von einem anderen Programm geändert</translation>
    </message>
    <message>
        <source>the timeline cannot be used</source>
        <translation>die Timeline ist nicht zu gebrauchen</translation>
    </message>
    <message>
        <source>the transcript does not fit</source>
        <translation>das Transkript passt nicht</translation>
    </message>
    <message>
        <source>the media end too early</source>
        <translation>die Medien enden zu früh</translation>
    </message>
    <message>
        <source>there is no such clip</source>
        <translation>diesen Clip gibt es nicht</translation>
    </message>
    <message>
        <source>the engine does not know this job</source>
        <translation>die Engine kennt diesen Auftrag nicht</translation>
    </message>
    <message>
        <source>the timeline cannot be read</source>
        <translation>die Timeline lässt sich nicht lesen</translation>
    </message>
    <message>
        <source>this cannot be cut</source>
        <translation>das lässt sich nicht schneiden</translation>
    </message>
    <message>
        <source>this format is not supported</source>
        <translation>dieses Format wird nicht unterstützt</translation>
    </message>
    <message>
        <source>it cannot be written</source>
        <translation>es lässt sich nicht schreiben</translation>
    </message>
    <message>
        <source>this cannot be asked for so</source>
        <translation>so geht das nicht</translation>
    </message>
    <message>
        <source>panel and engine do not understand each other</source>
        <translation>Panel und Engine verstehen einander nicht</translation>
    </message>
    <message>
        <source>the script is not what is said</source>
        <translation>das Skript ist nicht, was gesagt wird</translation>
    </message>
    <message>
        <source>the render process died</source>
        <translation>der Renderprozess ist gestorben</translation>
    </message>
</context>
<context>
    <name>lines</name>
    <message>
        <source>[{whole} s]</source>
        <translation>[{whole} s]</translation>
    </message>
    <message>
        <source>[{kept} of {whole} s]</source>
        <translation>[{kept} von {whole} s]</translation>
    </message>
</context>
<context>
    <name>models</name>
    <message>
        <source>On this machine: {found}.</source>
        <translation>Auf diesem Rechner: {found}.</translation>
    </message>
    <message>
        <source>The engine is on another machine: whether {name} is there shows as it renders.</source>
        <translation>Die Engine läuft auf einem anderen Rechner: Ob {name} dort ist, zeigt sich beim Rendern.</translation>
    </message>
    <message>
        <source>{name} is not on this machine. Fetch it in a terminal{size}:</source>
        <translation>{name} ist nicht auf diesem Rechner. Im Terminal holen{size}:</translation>
    </message>
    <message>
        <source>Licence: {licence}.</source>
        <translation>Lizenz: {licence}.</translation>
    </message>
</context>
<context>
    <name>sentences</name>
    <message>
        <source>correcting goes paragraph by paragraph: select words of one</source>
        <translation>korrigiert wird Absatz für Absatz: Wählen Sie Wörter eines einzigen aus</translation>
    </message>
    <message>
        <source>a pause has no text to correct</source>
        <translation>eine Pause hat keinen Text, der zu korrigieren wäre</translation>
    </message>
    <message>
        <source>new words are not the recogniser&apos;s: change them in edit mode</source>
        <translation>neue Wörter stammen nicht von der Erkennung: Ändern Sie sie ohne „Korrigieren“</translation>
    </message>
    <message>
        <source>&quot;{text}&quot; would be one word of which a part is struck or protected: restore it first</source>
        <translation>„{text}“ würde ein Wort, von dem ein Teil gestrichen oder geschützt ist: Stellen Sie es zuerst wieder her</translation>
    </message>
    <message>
        <source>&quot;{text}&quot; is protected: take the protection off first</source>
        <translation>„{text}“ ist geschützt: Heben Sie zuerst den Schutz auf</translation>
    </message>
    <message>
        <source>only a spoken word has edges to move</source>
        <translation>nur ein gesprochenes Wort hat Grenzen, die sich verschieben lassen</translation>
    </message>
    <message>
        <source>&quot;{text}&quot; cannot be shorter</source>
        <translation>„{text}“ kann nicht kürzer sein</translation>
    </message>
    <message>
        <source>&quot;{text}&quot; cannot start before &quot;{last}&quot; ends: move its end first</source>
        <translation>„{text}“ kann nicht beginnen, bevor „{last}“ endet: Verschieben Sie zuerst dessen Ende</translation>
    </message>
    <message>
        <source>&quot;{text}&quot; cannot start before the media begins</source>
        <translation>„{text}“ kann nicht vor dem Material beginnen</translation>
    </message>
    <message>
        <source>&quot;{text}&quot; cannot end after &quot;{next}&quot; starts: move its start first</source>
        <translation>„{text}“ kann nicht enden, nachdem „{next}“ begonnen hat: Verschieben Sie zuerst dessen Anfang</translation>
    </message>
    <message>
        <source>&quot;{text}&quot; is struck: restore it before protecting it</source>
        <translation>„{text}“ ist gestrichen: Stellen Sie es wieder her, bevor Sie es schützen</translation>
    </message>
    <message>
        <source>&quot;{text}&quot; is new, its picture has to be rendered: protect spoken words</source>
        <translation>„{text}“ ist neu, sein Bild muss gerendert werden: Schützen lassen sich gesprochene Wörter</translation>
    </message>
    <message>
        <source>no spoken word is here: select words whose mouth is to be rendered anew</source>
        <translation>hier ist kein gesprochenes Wort: Wählen Sie Wörter aus, deren Mund neu gerendert werden soll</translation>
    </message>
    <message>
        <source>there is no pause here</source>
        <translation>hier ist keine Pause</translation>
    </message>
    <message>
        <source>a pause cannot be shorter than nothing</source>
        <translation>eine Pause kann nicht kürzer als nichts sein</translation>
    </message>
    <message>
        <source>{folder}: this clip is open in another panel; go on there</source>
        <translation>{folder}: Dieser Clip ist in einem anderen Panel offen; machen Sie dort weiter</translation>
    </message>
    <message>
        <source>{folder}: cannot be opened: {why}</source>
        <translation>{folder}: lässt sich nicht öffnen: {why}</translation>
    </message>
    <message>
        <source>{path}: cannot be written: {why}; the last edits are not saved</source>
        <translation>{path}: lässt sich nicht schreiben: {why}; die letzten Änderungen sind nicht gesichert</translation>
    </message>
    <message>
        <source>{path}: cannot be read: {why}</source>
        <translation>{path}: lässt sich nicht lesen: {why}</translation>
    </message>
    <message>
        <source>{path}: cannot be written: {why}</source>
        <translation>{path}: lässt sich nicht schreiben: {why}</translation>
    </message>
    <message>
        <source>{folder}: cannot be written to: {why}</source>
        <translation>{folder}: dorthin lässt sich nicht schreiben: {why}</translation>
    </message>
    <message>
        <source>{path}: {size} bytes, more than the {limit} that such a file may have</source>
        <translation>{path}: {size} Bytes, mehr als die {limit}, die eine solche Datei haben darf</translation>
    </message>
    <message>
        <source>{path}: not the panel&apos;s list of recordings: {why}</source>
        <translation>{path}: nicht die Liste der Aufnahmen des Panels: {why}</translation>
    </message>
    <message>
        <source>{path}: not the panel&apos;s list of takes: {why}</source>
        <translation>{path}: nicht die Liste der Takes des Panels: {why}</translation>
    </message>
    <message>
        <source>{path}: not the panel&apos;s list of renders: {why}</source>
        <translation>{path}: nicht die Liste der Renderaufträge des Panels: {why}</translation>
    </message>
    <message>
        <source>{name}: frame {frame} is cut short; make the preview again</source>
        <translation>{name}: Frame {frame} ist abgeschnitten; die Vorschau muss neu gemacht werden</translation>
    </message>
    <message>
        <source>{name}: frame {frame} has another size than its reel; make it again</source>
        <translation>{name}: Frame {frame} hat eine andere Größe als seine Rolle; sie muss neu gemacht werden</translation>
    </message>
    <message>
        <source>{name}: frame {frame} is no picture; make the preview again</source>
        <translation>{name}: Frame {frame} ist kein Bild; die Vorschau muss neu gemacht werden</translation>
    </message>
    <message>
        <source>{name}: no 16-bit stereo at 48 kHz; make it again</source>
        <translation>{name}: kein 16-Bit-Stereo mit 48 kHz; muss neu gemacht werden</translation>
    </message>
    <message>
        <source>{name}: no wav file ({why}); make the preview again</source>
        <translation>{name}: keine WAV-Datei ({why}); die Vorschau muss neu gemacht werden</translation>
    </message>
    <message>
        <source>{name}: {asked} frames were asked for, {came} came; make the preview again</source>
        <translation>{name}: {asked} Frames waren verlangt, {came} sind gekommen; die Vorschau muss neu gemacht werden</translation>
    </message>
    <message>
        <source>{name}: faces of {faces} frames instead of {frames}; make it again</source>
        <translation>{name}: Gesichter von {faces} Frames statt {frames}; muss neu gemacht werden</translation>
    </message>
    <message>
        <source>{name}: its frames do not lie in the file one after another; make it again</source>
        <translation>{name}: Die Frames liegen nicht hintereinander in der Datei; sie muss neu gemacht werden</translation>
    </message>
    <message>
        <source>{name}: the file is gone; make the preview again</source>
        <translation>{name}: Die Datei ist weg; die Vorschau muss neu gemacht werden</translation>
    </message>
    <message>
        <source>the panel cannot listen for {host}: {why}</source>
        <translation>das Panel kann nicht auf {host} warten: {why}</translation>
    </message>
    <message>
        <source>{host} is not connected: start Pickup&apos;s panel inside it</source>
        <translation>{host} ist nicht verbunden: Starten Sie dort das Panel von Pickup</translation>
    </message>
    <message>
        <source>{host} has not answered in {seconds} s; look whether it shows a dialog</source>
        <translation>{host} hat in {seconds} s nicht geantwortet; sehen Sie nach, ob dort ein Dialog offen ist</translation>
    </message>
    <message>
        <source>{project} is no Kdenlive project: open it with --host standalone</source>
        <translation>{project} ist kein Kdenlive-Projekt: Öffnen Sie es mit --host standalone</translation>
    </message>
    <message>
        <source>{project} has changes in Kdenlive that are not saved: save it there, try again</source>
        <translation>{project} hat in Kdenlive ungesicherte Änderungen: Sichern Sie es dort, und versuchen Sie es noch einmal</translation>
    </message>
    <message>
        <source>{project} is not open in Kdenlive: open it there</source>
        <translation>{project} ist in Kdenlive nicht offen: Öffnen Sie es dort</translation>
    </message>
    <message>
        <source>Kdenlive does not answer: {why}</source>
        <translation>Kdenlive antwortet nicht: {why}</translation>
    </message>
    <message>
        <source>another panel is open beside {host}; close it, or open this one with --host standalone</source>
        <translation>neben {host} ist schon ein Panel offen; schließen Sie es, oder öffnen Sie dieses mit --host standalone</translation>
    </message>
    <message>
        <source>{timeline} is not what {program} has open: take its sequence anew</source>
        <translation>{timeline} ist nicht, was {program} offen hat: Holen Sie seine Sequenz neu (F5)</translation>
    </message>
    <message>
        <source>{problem}, after the edit was placed in {sequence}: nobody has seen how, so look there</source>
        <translation>{problem}, nachdem die Änderung in {sequence} eingesetzt war: Niemand hat gesehen, wie; sehen Sie dort nach</translation>
    </message>
    <message>
        <source>{program} says that its sequence is in {path}, and it is not</source>
        <translation>{program} sagt, seine Sequenz sei in {path}, und dort ist sie nicht</translation>
    </message>
    <message>
        <source>{problem}; and it could not be taken back: {why}</source>
        <translation>{problem}; und es ließ sich nicht zurücknehmen: {why}</translation>
    </message>
    <message>
        <source>{program} reads {formats}, and none of them can be written</source>
        <translation>{program} liest {formats}, und nichts davon lässt sich schreiben</translation>
    </message>
    <message>
        <source>the edit cannot be written for {program}: {why}</source>
        <translation>die Änderung lässt sich für {program} nicht schreiben: {why}</translation>
    </message>
    <message>
        <source>{program} answered a question with another answer: {answer}</source>
        <translation>{program} hat eine Frage mit einer anderen Antwort beantwortet: {answer}</translation>
    </message>
    <message>
        <source>the first message is no greeting: {why}</source>
        <translation>die erste Nachricht ist keine Begrüßung: {why}</translation>
    </message>
    <message>
        <source>a message that is not of the protocol: {why}</source>
        <translation>eine Nachricht, die nicht zum Protokoll gehört: {why}</translation>
    </message>
    <message>
        <source>{timeline} has no clip of picture: there is nothing to edit in it</source>
        <translation>{timeline} hat keinen Clip mit Bild: Darin ist nichts zu bearbeiten</translation>
    </message>
    <message>
        <source>{media} has no picture: there is nothing to edit in it</source>
        <translation>{media} hat kein Bild: Darin ist nichts zu bearbeiten</translation>
    </message>
    <message>
        <source>{media} has no picture, so clip {name} cannot be rendered</source>
        <translation>{media} hat kein Bild, also lässt sich Clip {name} nicht rendern</translation>
    </message>
    <message>
        <source>clip {name} at {code} plays at {speed} times its speed, and takes are rendered at the media&apos;s own; render it in place in the editing program first</source>
        <translation>Clip {name} bei {code} läuft mit {speed}facher Geschwindigkeit, und Takes werden mit der des Materials gerendert; rendern Sie ihn zuerst im Schnittprogramm</translation>
    </message>
    <message>
        <source>the edit takes out everything the clip shows; remove the clip in the NLE instead</source>
        <translation>die Änderung nimmt alles heraus, was der Clip zeigt; entfernen Sie stattdessen den Clip im Schnittprogramm</translation>
    </message>
    <message>
        <source>two edits overlap at frame {frame} of the clip: make one edit of them</source>
        <translation>zwei Änderungen überschneiden sich bei Frame {frame} des Clips: Machen Sie eine daraus</translation>
    </message>
    <message>
        <source>there is no pause after word {word} of the clip&apos;s {words}</source>
        <translation>nach Wort {word} von {words} des Clips ist keine Pause</translation>
    </message>
    <message>
        <source>these edits do not fit the clip in steps of 8 frames: use --set grid=frame</source>
        <translation>diese Änderungen passen nicht in Schritten von 8 Frames in den Clip: Nehmen Sie --set grid=frame</translation>
    </message>
    <message>
        <source>&quot;{text}&quot; is shorter than half a frame: there is nothing to take out</source>
        <translation>„{text}“ ist kürzer als ein halber Frame: Da ist nichts herauszunehmen</translation>
    </message>
    <message>
        <source>two edits touch the same words: make one edit of them</source>
        <translation>zwei Änderungen berühren dieselben Wörter: Machen Sie eine daraus</translation>
    </message>
    <message>
        <source>&quot;{text}&quot; has no words to say; to take words out, strike them out</source>
        <translation>„{text}“ hat keine Wörter, die sich sagen ließen; um Wörter herauszunehmen, streichen Sie sie</translation>
    </message>
    <message>
        <source>the new words take {seconds} s to say ({line}), longer than the whole clip ({limit} s): say less, or record them anew</source>
        <translation>die neuen Wörter dauern {seconds} s ({line}), länger als der ganze Clip ({limit} s): Sagen Sie weniger, oder nehmen Sie sie neu auf</translation>
    </message>
    <message>
        <source>or give the words as a script</source>
        <translation>oder geben Sie die Wörter als Skript</translation>
    </message>
    <message>
        <source>{path}: there is no speech in it, only silence</source>
        <translation>{path}: darin wird nichts gesagt, es ist still</translation>
    </message>
    <message>
        <source>the {renderer} renderer was asked for {asked} and delivered {got}: nothing was placed</source>
        <translation>der Renderer {renderer} sollte {asked} liefern und hat {got} geliefert: Nichts wurde eingesetzt</translation>
    </message>
    <message>
        <source>no words were written in</source>
        <translation>es wurden keine Wörter geschrieben</translation>
    </message>
    <message>
        <source>{path}: not a text file in UTF-8</source>
        <translation>{path}: keine Textdatei in UTF-8</translation>
    </message>
    <message>
        <source>{path}: not a transcript of `pickup transcribe`: {why}</source>
        <translation>{path}: kein Transkript von `pickup transcribe`: {why}</translation>
    </message>
    <message>
        <source>{path}: word {number}, &quot;{text}&quot;, starts or ends out of order</source>
        <translation>{path}: Wort {number}, „{text}“, beginnt oder endet nicht der Reihe nach</translation>
    </message>
    <message>
        <source>the transcript does not belong to {media}: it was measured on a file with other content; run `pickup transcribe` on this one</source>
        <translation>das Transkript gehört nicht zu {media}: Es wurde an einer Datei mit anderem Inhalt gemessen; rufen Sie `pickup transcribe` für diese auf</translation>
    </message>
    <message>
        <source>{path}: not a transcript of Premiere&apos;s: {why}</source>
        <translation>{path}: kein Transkript von Premiere: {why}</translation>
    </message>
    <message>
        <source>{path}: no words in it; transcribe the clip in Premiere&apos;s Text panel</source>
        <translation>{path}: ohne Wörter; transkribieren Sie den Clip im Textbedienfeld von Premiere</translation>
    </message>
    <message>
        <source>the transcript does not belong to {media}: its last word ends at {end} s, the media at {length} s; export this clip&apos;s transcript from Premiere</source>
        <translation>das Transkript gehört nicht zu {media}: Sein letztes Wort endet bei {end} s, das Material bei {length} s; exportieren Sie das Transkript dieses Clips aus Premiere</translation>
    </message>
    <message>
        <source>the script has no words in it: give the words that are said</source>
        <translation>im Skript stehen keine Wörter: Geben Sie die Wörter an, die gesagt werden</translation>
    </message>
    <message>
        <source>the script has {words} words and {path} only {seconds} s of sound: give the words of this file alone</source>
        <translation>das Skript hat {words} Wörter und {path} nur {seconds} s Ton: Geben Sie nur die Wörter dieser Datei an</translation>
    </message>
    <message>
        <source>the script is not what is said: from {time} s on its words cannot be fitted to the sound, {left} of them are left at the end. Compare the script with the sound there</source>
        <translation>das Skript ist nicht, was gesagt wird: Ab {time} s passen seine Wörter nicht zum Ton, {left} davon bleiben am Ende übrig. Vergleichen Sie dort Skript und Ton</translation>
    </message>
    <message>
        <source>{path} cannot be transcribed: {why}</source>
        <translation>{path} lässt sich nicht transkribieren: {why}</translation>
    </message>
    <message>
        <source>the speech model {model} failed on {path}: {why}</source>
        <translation>das Sprachmodell {model} ist an {path} gescheitert: {why}</translation>
    </message>
    <message>
        <source>speech recognition needs faster-whisper: pip install &apos;pickup-editor[whisper]&apos;, {instead}</source>
        <translation>zum Erkennen der Wörter fehlt faster-whisper: pip install &apos;pickup-editor[whisper]&apos;, {instead}</translation>
    </message>
    <message>
        <source>the speech model in {folder} lacks {missing}: copy it there whole, {instead}</source>
        <translation>dem Sprachmodell in {folder} fehlt {missing}: Kopieren Sie es ganz dorthin, {instead}</translation>
    </message>
    <message>
        <source>the speech model in {folder} cannot be loaded ({why}): copy it there again, {instead}</source>
        <translation>das Sprachmodell in {folder} lässt sich nicht laden ({why}): Kopieren Sie es noch einmal dorthin, {instead}</translation>
    </message>
    <message>
        <source>there are no weights of the speech model {model} on this machine, and none are downloaded unasked: get them with `hf download Systran/faster-whisper-{name}`, or name a folder with a converted model, {instead}</source>
        <translation>die Gewichte des Sprachmodells {model} sind nicht auf dieser Maschine, und ungefragt wird nichts heruntergeladen: Holen Sie sie mit `hf download Systran/faster-whisper-{name}`, oder nennen Sie einen Ordner mit einem umgewandelten Modell, {instead}</translation>
    </message>
    <message>
        <source>the scratch voice cannot say this line: {why}</source>
        <translation>die Behelfsstimme kann diese Zeile nicht sagen: {why}</translation>
    </message>
    <message>
        <source>there is nothing to say in {text}: give it words</source>
        <translation>in {text} gibt es nichts zu sagen: Geben Sie Wörter an</translation>
    </message>
    <message>
        <source>the words cannot be pronounced: {why}</source>
        <translation>die Wörter lassen sich nicht aussprechen: {why}</translation>
    </message>
    <message>
        <source>the scratch voice needs espeak-ng: pip install &apos;pickup-editor[scratch]&apos;</source>
        <translation>der Behelfsstimme fehlt espeak-ng: pip install &apos;pickup-editor[scratch]&apos;</translation>
    </message>
    <message>
        <source>{language} is no language code: write one such as en-us, de or fr-fr</source>
        <translation>{language} ist kein Sprachkürzel: Schreiben Sie eines wie en-us, de oder fr-fr</translation>
    </message>
    <message>
        <source>the scratch voice did not finish within {patience} s: shorten the line</source>
        <translation>die Behelfsstimme wurde in {patience} s nicht fertig: Kürzen Sie die Zeile</translation>
    </message>
    <message>
        <source>the scratch voice&apos;s process does not start: {why}</source>
        <translation>der Prozess der Behelfsstimme startet nicht: {why}</translation>
    </message>
    <message>
        <source>the scratch voice&apos;s process failed ({code}): {last}</source>
        <translation>der Prozess der Behelfsstimme ist gescheitert ({code}): {last}</translation>
    </message>
    <message>
        <source>the line has {length} characters, more than the {most} that the scratch voice says at once: split it</source>
        <translation>die Zeile hat {length} Zeichen, mehr als die {most}, die die Behelfsstimme auf einmal sagt: Teilen Sie sie</translation>
    </message>
    <message>
        <source>{why}. Job {job} is kept: the next engine takes it up again, so run the same again</source>
        <translation>{why}. Auftrag {job} ist aufgehoben: Die nächste Engine nimmt ihn wieder auf, versuchen Sie also dasselbe noch einmal</translation>
    </message>
    <message>
        <source>the engine keeps no job {job}; `pickup engine jobs` lists them</source>
        <translation>die Engine kennt keinen Auftrag {job}; `pickup engine jobs` zählt sie auf</translation>
    </message>
    <message>
        <source>the engine has no result of job {job} that can still be read</source>
        <translation>die Engine hat von Auftrag {job} kein Ergebnis mehr, das sich lesen ließe</translation>
    </message>
    <message>
        <source>the disk with the engine&apos;s job list is full: make room and submit again</source>
        <translation>die Platte mit der Auftragsliste der Engine ist voll: Machen Sie Platz, und versuchen Sie es noch einmal</translation>
    </message>
    <message>
        <source>the engine&apos;s job list cannot be written or read: {why}</source>
        <translation>die Auftragsliste der Engine lässt sich nicht schreiben oder lesen: {why}</translation>
    </message>
    <message>
        <source>the engine ends when what runs has ended, and accepts nothing: hand in again when it has</source>
        <translation>die Engine hört auf, sobald fertig ist, was läuft, und nimmt nichts an: Versuchen Sie es danach noch einmal</translation>
    </message>
    <message>
        <source>the engine&apos;s files have changed since this program was started: start it again</source>
        <translation>die Dateien der Engine haben sich geändert, seit dieses Programm gestartet wurde: Starten Sie es neu</translation>
    </message>
    <message>
        <source>the engine cannot keep its state in {folder} ({why}); set {variable} to a folder of yours</source>
        <translation>die Engine kann ihren Zustand nicht in {folder} halten ({why}); setzen Sie {variable} auf einen eigenen Ordner</translation>
    </message>
    <message>
        <source>an engine of version {version} runs, which this one cannot speak to; end its process {pid} and run again</source>
        <translation>es läuft eine Engine der Version {version}, mit der diese nicht sprechen kann; beenden Sie ihren Prozess {pid}, und versuchen Sie es noch einmal</translation>
    </message>
    <message>
        <source>an engine of another version ({version}) is at work on {jobs} job(s); wait for them, or end it with `pickup engine stop`</source>
        <translation>eine Engine anderer Version ({version}) arbeitet an Aufträgen: {jobs}; warten Sie darauf, oder beenden Sie sie mit `pickup engine stop`</translation>
    </message>
    <message>
        <source>the engine was told to stop and has not within {patience} s</source>
        <translation>die Engine sollte aufhören und hat es in {patience} s nicht getan</translation>
    </message>
    <message>
        <source>the engine does not start; the reason stands at the end of {path}</source>
        <translation>die Engine startet nicht; der Grund steht am Ende von {path}</translation>
    </message>
    <message>
        <source>the engine does not start: the disk of {folder} is full. Free some, or set {variable} to a folder on another disk</source>
        <translation>die Engine startet nicht: Die Platte von {folder} ist voll. Machen Sie Platz, oder setzen Sie {variable} auf einen Ordner einer anderen Platte</translation>
    </message>
    <message>
        <source>{path} cannot be read: {why}</source>
        <translation>{path} lässt sich nicht lesen: {why}</translation>
    </message>
    <message>
        <source>{path} cannot be opened: {why}</source>
        <translation>{path} lässt sich nicht öffnen: {why}</translation>
    </message>
    <message>
        <source>{path} is not a file. Give the path of a local media file</source>
        <translation>{path} ist keine Datei. Geben Sie den Pfad einer Mediendatei auf dieser Maschine an</translation>
    </message>
    <message>
        <source>{path}: {why}. Give the path of a local media file</source>
        <translation>{path}: {why}. Geben Sie den Pfad einer Mediendatei auf dieser Maschine an</translation>
    </message>
    <message>
        <source>{path} does not lie under a folder that this engine reads media from: copy it there, or start the engine with --media-root {folder}</source>
        <translation>{path} liegt in keinem Ordner, aus dem diese Engine Medien liest: Kopieren Sie es dorthin, oder starten Sie die Engine mit --media-root {folder}</translation>
    </message>
    <message>
        <source>{path} ends too early: copy it again from its origin</source>
        <translation>{path} endet zu früh: Kopieren Sie es noch einmal vom Original</translation>
    </message>
    <message>
        <source>{path} is of a codec that cannot be decoded here. Transcode it first</source>
        <translation>{path} hat einen Codec, der sich hier nicht dekodieren lässt. Wandeln Sie es zuerst um</translation>
    </message>
    <message>
        <source>{path} cannot be read as media ({why}): it is damaged, cut short, or no media</source>
        <translation>{path} lässt sich nicht als Medium lesen ({why}): Es ist beschädigt, abgeschnitten oder kein Medium</translation>
    </message>
    <message>
        <source>{path} has no picture</source>
        <translation>{path} hat kein Bild</translation>
    </message>
    <message>
        <source>{path} has no sound</source>
        <translation>{path} hat keinen Ton</translation>
    </message>
    <message>
        <source>{path} has neither picture nor sound</source>
        <translation>{path} hat weder Bild noch Ton</translation>
    </message>
    <message>
        <source>{path} has a picture stream without a picture in it: it is damaged or cut short</source>
        <translation>{path} hat einen Bildstrom ohne ein Bild: Es ist beschädigt oder abgeschnitten</translation>
    </message>
    <message>
        <source>{path} has a sound stream without any sound in it: it is damaged or cut short</source>
        <translation>{path} hat einen Tonstrom ohne Ton: Es ist beschädigt oder abgeschnitten</translation>
    </message>
    <message>
        <source>{path} has a gap of more than an hour in its sound: its timestamps are damaged</source>
        <translation>{path} hat eine Lücke von über einer Stunde im Ton: Seine Zeitstempel sind beschädigt</translation>
    </message>
    <message>
        <source>{path} has sound as {kind}, which cannot be read here: transcode it first</source>
        <translation>{path} hat Ton als {kind}, was sich hier nicht lesen lässt: Wandeln Sie es zuerst um</translation>
    </message>
    <message>
        <source>{path} changes from {channels} to {count} channels midway: transcode it first</source>
        <translation>{path} wechselt mittendrin von {channels} auf {count} Kanäle: Wandeln Sie es zuerst um</translation>
    </message>
    <message>
        <source>{path} changes its sample rate midway: transcode it first</source>
        <translation>{path} wechselt mittendrin die Abtastrate: Wandeln Sie es zuerst um</translation>
    </message>
    <message>
        <source>{path} changes its picture&apos;s size or format on the way: transcode it first</source>
        <translation>{path} wechselt mittendrin Größe oder Format des Bildes: Wandeln Sie es zuerst um</translation>
    </message>
    <message>
        <source>{path} is to be shown turned by {angle} degrees, no quarter turn</source>
        <translation>{path} soll um {angle} Grad gedreht gezeigt werden, was keine Vierteldrehung ist</translation>
    </message>
    <message>
        <source>{path} ends {seconds} s before frame {frame} of the clip, which is needed. The file is cut short, or the clip reaches beyond it</source>
        <translation>{path} endet {seconds} s vor Frame {frame} des Clips, der gebraucht wird. Die Datei ist abgeschnitten, oder der Clip reicht über sie hinaus</translation>
    </message>
    <message>
        <source>{path} cannot be wound back to its start: rewrap it as .mov</source>
        <translation>{path} lässt sich nicht an den Anfang zurückspulen: Packen Sie es als .mov um</translation>
    </message>
    <message>
        <source>{path} times its pictures out of order: make a .mov of it first</source>
        <translation>{path} zeigt seine Bilder nicht der Reihe nach: Machen Sie zuerst eine .mov daraus</translation>
    </message>
    <message>
        <source>{path} is interlaced: make a progressive copy of it first</source>
        <translation>{path} ist im Zeilensprung aufgenommen: Machen Sie zuerst eine Kopie in Vollbildern</translation>
    </message>
    <message>
        <source>{path} does not say when its pictures are shown: rewrap it as .mov</source>
        <translation>{path} sagt nicht, wann seine Bilder gezeigt werden: Packen Sie es als .mov um</translation>
    </message>
    <message>
        <source>{path} has no picture that can be decoded</source>
        <translation>{path} hat kein Bild, das sich dekodieren ließe</translation>
    </message>
    <message>
        <source>{path} does not say how many pictures it has a second</source>
        <translation>{path} sagt nicht, wie viele Bilder es in der Sekunde hat</translation>
    </message>
    <message>
        <source>{path} has changed since the edit was planned. Plan the edit again</source>
        <translation>{path} hat sich geändert, seit die Änderung geplant wurde. Planen Sie sie neu</translation>
    </message>
    <message>
        <source>no room to write {path}: free some and run again</source>
        <translation>kein Platz, um {path} zu schreiben: Machen Sie Platz, und versuchen Sie es noch einmal</translation>
    </message>
    <message>
        <source>cannot write {path}: {why}</source>
        <translation>{path} lässt sich nicht schreiben: {why}</translation>
    </message>
    <message>
        <source>there is no renderer called {name}; there is: {known}</source>
        <translation>es gibt keinen Renderer namens {name}; es gibt: {known}</translation>
    </message>
    <message>
        <source>the {name} renderer needs {package}, which is not installed: `pickup doctor` says what to do</source>
        <translation>dem Renderer {name} fehlt {package}: `pickup doctor` sagt, was zu tun ist</translation>
    </message>
    <message>
        <source>the draft moves and morphs real frames; it cannot make lips anew: choose another renderer</source>
        <translation>der Entwurf verschiebt und verformt echte Frames; Lippen kann er nicht neu machen: Wählen Sie einen anderen Renderer</translation>
    </message>
    <message>
        <source>the demo model makes mouths anew and nothing else: choose the lips as the region, or the renderer edityourself for a box</source>
        <translation>das Demomodell macht Münder neu und sonst nichts: Wählen Sie als Region die Lippen, oder für einen Rahmen den Renderer edityourself</translation>
    </message>
    <message>
        <source>{name} has no trained audio weights, so mouths would not say the words. For new words choose the renderer ltx2 or draft, or bring a checkpoint with audio.safetensors</source>
        <translation>{name} hat keine trainierten Audiogewichte, Münder sagten also die Wörter nicht. Wählen Sie für neue Wörter den Renderer ltx2 oder draft, oder besorgen Sie ein Modell mit audio.safetensors</translation>
    </message>
    <message>
        <source>the region {region} needs the face models; {hint}</source>
        <translation>die Region {region} braucht die Gesichtsmodelle; {hint}</translation>
    </message>
    <message>
        <source>the face models in {folder} cannot be read; {hint}</source>
        <translation>die Gesichtsmodelle in {folder} lassen sich nicht lesen; {hint}</translation>
    </message>
    <message>
        <source>faces cannot be looked for: the models are missing; {hint}</source>
        <translation>Gesichter lassen sich nicht suchen: Die Modelle fehlen; {hint}</translation>
    </message>
    <message>
        <source>install them with: python -m engine.face.models</source>
        <translation>installieren Sie sie mit: python -m engine.face.models</translation>
    </message>
    <message>
        <source>the job will write some {size}, and the disk of the engine&apos;s cache has {free} free: make room, or set PICKUP_HOME to a folder on another disk</source>
        <translation>der Auftrag wird etwa {size} schreiben, und auf der Platte der Engine sind {free} frei: Machen Sie Platz, oder setzen Sie PICKUP_HOME auf einen Ordner einer anderen Platte</translation>
    </message>
    <message>
        <source>the job&apos;s pictures and sound take {size} of memory, and {free} are free: close programs, or work on less at a time</source>
        <translation>Bilder und Ton des Auftrags brauchen {size} Speicher, und {free} sind frei: Schließen Sie Programme, oder bearbeiten Sie weniger auf einmal</translation>
    </message>
    <message>
        <source>no face was found in {count} of the frames to re-render, the first of them frame {frame} of the take: they keep their pixels</source>
        <translation>in {count} der Frames, die neu zu rendern waren, wurde kein Gesicht gefunden, zuerst in Frame {frame} des Takes: Sie behalten ihre Pixel</translation>
    </message>
    <message>
        <source>no faces were looked for: the models are missing; {hint}</source>
        <translation>Gesichter wurden nicht gesucht: Die Modelle fehlen; {hint}</translation>
    </message>
    <message>
        <source>reading the timeline</source>
        <translation>die Timeline wird gelesen</translation>
    </message>
    <message>
        <source>preparing the new words</source>
        <translation>die neuen Wörter werden vorbereitet</translation>
    </message>
    <message>
        <source>writing the timeline</source>
        <translation>die Timeline wird geschrieben</translation>
    </message>
    <message>
        <source>aligning the words</source>
        <translation>die Wörter werden zugeordnet</translation>
    </message>
    <message>
        <source>recognising the words</source>
        <translation>die Wörter werden erkannt</translation>
    </message>
    <message>
        <source>bringing it into {program}</source>
        <translation>wird nach {program} gebracht</translation>
    </message>
    <message>
        <source>rendering</source>
        <translation>rendert</translation>
    </message>
    <message>
        <source>render</source>
        <translation>rendert</translation>
    </message>
    <message>
        <source>look</source>
        <translation>sieht das Material an</translation>
    </message>
    <message>
        <source>load</source>
        <translation>lädt das Modell</translation>
    </message>
    <message>
        <source>encode</source>
        <translation>kodiert</translation>
    </message>
    <message>
        <source>denoise</source>
        <translation>entrauscht</translation>
    </message>
    <message>
        <source>decode</source>
        <translation>dekodiert</translation>
    </message>
    <message>
        <source>frames</source>
        <translation>macht Bilder</translation>
    </message>
    <message>
        <source>align</source>
        <translation>ordnet zu</translation>
    </message>
    <message>
        <source>transcribe</source>
        <translation>transkribiert</translation>
    </message>
    <message>
        <source>resumed at step {done} of {total}</source>
        <translation>fortgesetzt bei Schritt {done} von {total}</translation>
    </message>
    <message>
        <source>{name} was changed by another program since it was opened: open it again; the edits and the takes are kept</source>
        <translation>{name} wurde von einem anderen Programm geändert, seit es geöffnet wurde: Öffnen Sie es neu; Änderungen und Takes bleiben erhalten</translation>
    </message>
    <message>
        <source>{folder} is a file, not a folder: nothing can be written into it</source>
        <translation>{folder} ist eine Datei und kein Ordner: Dort lässt sich nichts hineinschreiben</translation>
    </message>
    <message>
        <source>{path} cannot be written: {why}</source>
        <translation>{path} lässt sich nicht schreiben: {why}</translation>
    </message>
    <message>
        <source>what was written to {path} does not read back: {why}</source>
        <translation>was in {path} geschrieben wurde, liest sich anders zurück: {why}</translation>
    </message>
    <message>
        <source>{path}: there is no such file</source>
        <translation>{path}: diese Datei gibt es nicht</translation>
    </message>
    <message>
        <source>{path} is not a file</source>
        <translation>{path} ist keine Datei</translation>
    </message>
    <message>
        <source>{path} is empty</source>
        <translation>{path} ist leer</translation>
    </message>
    <message>
        <source>{path} has {size} bytes; a timeline of over {limit} is refused</source>
        <translation>{path} hat {size} Bytes; eine Timeline von über {limit} wird abgelehnt</translation>
    </message>
    <message>
        <source>{path} is not UTF-8 text, at byte {at}</source>
        <translation>{path} ist kein Text in UTF-8, bei Byte {at}</translation>
    </message>
    <message>
        <source>{path} is nested {depth} deep; more than {most} is refused</source>
        <translation>{path} ist {depth} Ebenen tief verschachtelt; mehr als {most} werden abgelehnt</translation>
    </message>
    <message>
        <source>{path} defines XML entities, which no timeline needs: it is refused</source>
        <translation>{path} definiert XML-Entitäten, die keine Timeline braucht: Es wird abgelehnt</translation>
    </message>
    <message>
        <source>{path} is not whole XML: {why}</source>
        <translation>{path} ist kein vollständiges XML: {why}</translation>
    </message>
    <message>
        <source>{path} is not an OpenTimelineIO file: {why}</source>
        <translation>{path} ist keine OpenTimelineIO-Datei: {why}</translation>
    </message>
    <message>
        <source>the timeline {name} is empty: it has no clips</source>
        <translation>die Timeline {name} ist leer: Sie hat keine Clips</translation>
    </message>
    <message>
        <source>{count} clips are called {name}; say which: {first}</source>
        <translation>{count} Clips heißen {name}; sagen Sie, welcher: {first}</translation>
    </message>
    <message>
        <source>{path} has {count} sequences called {name}: say which, {names}</source>
        <translation>{path} hat {count} Sequenzen namens {name}: Sagen Sie, welche, {names}</translation>
    </message>
    <message>
        <source>{path} has no sequence {name}; it has {names}</source>
        <translation>{path} hat keine Sequenz {name}; es hat {names}</translation>
    </message>
    <message>
        <source>clip {name} at {code} {what}; render it in place in the editing program, then edit the result</source>
        <translation>Clip {name} bei {code} {what}; rendern Sie ihn im Schnittprogramm, und bearbeiten Sie dann das Ergebnis</translation>
    </message>
    <message>
        <source>clip {name} starts or ends between two frames of the timeline, which has {rate} a second; move it to whole frames first</source>
        <translation>Clip {name} beginnt oder endet zwischen zwei Frames der Timeline, die {rate} in der Sekunde hat; rücken Sie ihn zuerst auf ganze Frames</translation>
    </message>
    <message>
        <source>clip {name} has no media file: it is offline, a title or a generator</source>
        <translation>Clip {name} hat keine Mediendatei: Er ist offline, ein Titel oder ein Generator</translation>
    </message>
    <message>
        <source>clip {name} plays {media}, which is not under {folder} either</source>
        <translation>Clip {name} spielt {media}, das auch in {folder} nicht ist</translation>
    </message>
    <message>
        <source>{why}. Also missing ({count}): {names}</source>
        <translation>{why}. Außerdem fehlen ({count}): {names}</translation>
    </message>
    <message>
        <source>media files are missing ({count}): {names}; {hint}</source>
        <translation>Mediendateien fehlen ({count}): {names}; {hint}</translation>
    </message>
    <message>
        <source>{path} is the timeline that is open: write to another file</source>
        <translation>{path} ist die Timeline, die offen ist: Schreiben Sie in eine andere Datei</translation>
    </message>
    <message>
        <source>{folder}: no permission to write there</source>
        <translation>{folder}: keine Erlaubnis, dort zu schreiben</translation>
    </message>
    <message>
        <source>the media of clip {name} is not at {path}: if it moved, say where it is now</source>
        <translation>die Medien von Clip {name} sind nicht in {path}: Wenn sie umgezogen sind, sagen Sie, wo sie jetzt liegen</translation>
    </message>
    <message>
        <source>both {names} could be {media}; choose a folder with one of them</source>
        <translation>sowohl {names} könnten {media} sein; wählen Sie einen Ordner mit nur einem davon</translation>
    </message>
    <message>
        <source>{folder} holds over {most} files; choose a folder inside it</source>
        <translation>{folder} enthält über {most} Dateien; wählen Sie einen Ordner darin</translation>
    </message>
    <message>
        <source>track {name} is locked and would have to move; unlock it first</source>
        <translation>Spur {name} ist gesperrt und müsste rücken; entsperren Sie sie zuerst</translation>
    </message>
    <message>
        <source>track {name} ends at {code}, amid what the edit takes out, and has more content beyond; trim that away first</source>
        <translation>Spur {name} endet bei {code}, mitten in dem, was die Änderung herausnimmt, und hat dahinter noch Inhalt; trimmen Sie den zuerst weg</translation>
    </message>
    <message>
        <source>{name} at {code} {what}, and the edit would cut it at {cut}; render it in place in the editing program first</source>
        <translation>{name} bei {code} {what}, und die Änderung würde es bei {cut} schneiden; rendern Sie es zuerst im Schnittprogramm</translation>
    </message>
    <message>
        <source>{name} {what}, which cannot be cut; render it in place in the editing program</source>
        <translation>{name} {what}, was sich nicht schneiden lässt; rendern Sie es im Schnittprogramm</translation>
    </message>
    <message>
        <source>the transition {name} at {code} {what}; move, shorten or remove it first</source>
        <translation>die Blende {name} bei {code} {what}; verschieben, kürzen oder entfernen Sie sie zuerst</translation>
    </message>
    <message>
        <source>{format} keeps one media reference a clip, so a take cannot be its second one; replace it, or lay the take above it</source>
        <translation>{format} hält für einen Clip nur eine Medienreferenz, ein Take kann also nicht die zweite sein; ersetzen Sie ihn, oder legen Sie den Take darüber</translation>
    </message>
    <message>
        <source>{path}: an edit list has one track of picture, and none above it</source>
        <translation>{path}: eine Edit-Liste hat eine Bildspur und keine darüber</translation>
    </message>
    <message>
        <source>{name} on track {track} begins or ends between two frames, at frame {frame}, which {format} cannot say; move it to a whole frame, or write .otio</source>
        <translation>{name} auf Spur {track} beginnt oder endet zwischen zwei Frames, bei Frame {frame}, was {format} nicht sagen kann; rücken Sie es auf einen ganzen Frame, oder schreiben Sie .otio</translation>
    </message>
    <message>
        <source>plays backwards (the effect {name})</source>
        <translation>läuft rückwärts (Effekt {name})</translation>
    </message>
    <message>
        <source>has a variable speed (the effect {name})</source>
        <translation>hat eine veränderliche Geschwindigkeit (Effekt {name})</translation>
    </message>
    <message>
        <source>is a freeze frame (the effect {name})</source>
        <translation>ist ein Standbild (Effekt {name})</translation>
    </message>
    <message>
        <source>a new track</source>
        <translation>eine neue Spur</translation>
    </message>
    <message>
        <source>+ {name}, {length}, at {code}</source>
        <translation>+ {name}, {length}, bei {code}</translation>
    </message>
    <message>
        <source>− {name}, {length}</source>
        <translation>− {name}, {length}</translation>
    </message>
    <message>
        <source>{name} at {code}: {before} become {after}</source>
        <translation>{name} bei {code}: aus {before} werden {after}</translation>
    </message>
    <message>
        <source>{count} item behind it: {length} {way}</source>
        <translation>dahinter {count} Element: {length} {way}</translation>
    </message>
    <message>
        <source>{count} items behind it: {length} {way}</source>
        <translation>dahinter {count} Elemente: {length} {way}</translation>
    </message>
    <message>
        <source>{count} marker: {length} {way}</source>
        <translation>{count} Marker: {length} {way}</translation>
    </message>
    <message>
        <source>{count} markers: {length} {way}</source>
        <translation>{count} Marker: {length} {way}</translation>
    </message>
    <message>
        <source>{count} markers go with what they mark</source>
        <translation>{count} Marker gehen mit dem, was sie markieren</translation>
    </message>
    <message>
        <source>{length} + {after}</source>
        <translation>{length} + {after}</translation>
    </message>
    <message>
        <source>{count} frame</source>
        <translation>{count} Frame</translation>
    </message>
    <message>
        <source>{count} frames</source>
        <translation>{count} Frames</translation>
    </message>
    <message>
        <source>later</source>
        <translation>später</translation>
    </message>
    <message>
        <source>earlier</source>
        <translation>früher</translation>
    </message>
    <message>
        <source>{track}: {count} frames of nothing at frame {frame}, in {clip}</source>
        <translation>{track}: {count} Frames nichts bei Frame {frame}, in {clip}</translation>
    </message>
    <message>
        <source>{count} clip effects: {format} does not take over another program&apos;s effects</source>
        <translation>{count} Effekte auf Clips: {format} übernimmt Effekte anderer Programme nicht</translation>
    </message>
    <message>
        <source>{count} markers on clips or tracks: {format} keeps the timeline&apos;s own</source>
        <translation>{count} Marker auf Clips oder Spuren: {format} behält die der Timeline</translation>
    </message>
    <message>
        <source>{name} plays no media file: it is offline in {format}</source>
        <translation>{name} spielt keine Mediendatei: Es ist in {format} offline</translation>
    </message>
    <message>
        <source>the start timecode {code}: a Kdenlive project counts from zero</source>
        <translation>der Anfangs-Timecode {code}: Ein Kdenlive-Projekt zählt von null</translation>
    </message>
    <message>
        <source>the timeline in Resolve is not as it was: take it into the panel again</source>
        <translation>Die Timeline in Resolve ist nicht mehr, wie sie war: Holen Sie sie noch einmal ins Panel</translation>
    </message>
    <message>
        <source>Resolve&apos;s scripts cannot cut into a timeline</source>
        <translation>Resolves Skripte können nicht in eine Timeline schneiden</translation>
    </message>
    <message>
        <source>the edit changes lengths, and a take of Resolve cannot</source>
        <translation>Der Schnitt ändert Längen, und das kann ein Take in Resolve nicht</translation>
    </message>
    <message>
        <source>the edit is inside a clip, and Resolve&apos;s scripts cannot cut one</source>
        <translation>Der Schnitt liegt in einem Clip, und Resolves Skripte können keinen zerschneiden</translation>
    </message>
    <message>
        <source>Resolve did not add {name} as a take of {clip}</source>
        <translation>Resolve hat {name} nicht als Take von {clip} hinzugefügt</translation>
    </message>
    <message>
        <source>Resolve did not choose the take {name}</source>
        <translation>Resolve hat den Take {name} nicht gewählt</translation>
    </message>
    <message>
        <source>the take {name} has not the length of its clip</source>
        <translation>Der Take {name} ist nicht so lang wie sein Clip</translation>
    </message>
    <message>
        <source>a clip that has a new take is not on the timeline any more</source>
        <translation>Ein Clip mit einem neuen Take ist nicht mehr auf der Timeline</translation>
    </message>
    <message>
        <source>Resolve did not choose the first take of {clip}</source>
        <translation>Resolve hat den ersten Take von {clip} nicht gewählt</translation>
    </message>
    <message>
        <source>Resolve did not import {name} and does not say why</source>
        <translation>Resolve hat {name} nicht importiert und sagt nicht, warum</translation>
    </message>
    <message>
        <source>Resolve imported {name} otherwise: {why}</source>
        <translation>Resolve hat {name} anders importiert: {why}</translation>
    </message>
    <message>
        <source>Resolve did not open the new timeline {name}</source>
        <translation>Resolve hat die neue Timeline {name} nicht geöffnet</translation>
    </message>
    <message>
        <source>Resolve did not delete the timeline {name}: delete it there</source>
        <translation>Resolve hat die Timeline {name} nicht gelöscht: Löschen Sie sie dort</translation>
    </message>
    <message>
        <source>the timeline is not in the project any more</source>
        <translation>Die Timeline ist nicht mehr im Projekt</translation>
    </message>
    <message>
        <source>Resolve did not make the bin {name}</source>
        <translation>Resolve hat die Bin {name} nicht angelegt</translation>
    </message>
    <message>
        <source>Resolve did not import {path}</source>
        <translation>Resolve hat {path} nicht importiert</translation>
    </message>
    <message>
        <source>no project is open in Resolve</source>
        <translation>In Resolve ist kein Projekt offen</translation>
    </message>
    <message>
        <source>no timeline is open in Resolve: open one on the Edit page</source>
        <translation>In Resolve ist keine Timeline offen: Öffnen Sie eine auf der Seite „Edit“</translation>
    </message>
    <message>
        <source>this Resolve exports no OTIO: Pickup needs version 18.5 or a later one</source>
        <translation>Dieses Resolve exportiert kein OTIO: Pickup braucht Version 18.5 oder eine spätere</translation>
    </message>
    <message>
        <source>Resolve did not export {name}</source>
        <translation>Resolve hat {name} nicht exportiert</translation>
    </message>
    <message>
        <source>Resolve exported what cannot be read: {why}</source>
        <translation>Was Resolve exportiert hat, ist nicht lesbar: {why}</translation>
    </message>
    <message>
        <source>the sequence in Premiere is not the one, or not as it was: read it again</source>
        <translation>Die Sequenz in Premiere ist eine andere oder nicht mehr, wie sie war: Lesen Sie sie neu ein</translation>
    </message>
    <message>
        <source>Premiere has no takes of a clip</source>
        <translation>Premiere kennt keine Takes eines Clips</translation>
    </message>
    <message>
        <source>another sequence is open in Premiere: open the one that was edited</source>
        <translation>In Premiere ist eine andere Sequenz offen: Öffnen Sie die bearbeitete</translation>
    </message>
    <message>
        <source>&quot;{name}&quot; has vanished from the bin &quot;{bin}&quot;</source>
        <translation>„{name}“ ist aus der Bin „{bin}“ verschwunden</translation>
    </message>
    <message>
        <source>Premiere does not import {path}</source>
        <translation>Premiere importiert {path} nicht</translation>
    </message>
    <message>
        <source>Premiere said that it imported {path}, and it is in no bin called &quot;{bin}&quot;</source>
        <translation>Premiere meldet, es habe {path} importiert, doch in keiner Bin „{bin}“ ist es zu finden</translation>
    </message>
    <message>
        <source>the clip&apos;s linked sound is not on one track: Premiere lays a take on one pair</source>
        <translation>Der verknüpfte Ton des Clips liegt nicht auf einer Spur: Premiere legt einen Take auf ein Paar</translation>
    </message>
    <message>
        <source>Premiere ripples every track; only an insert can leave the others alone</source>
        <translation>Premiere verschiebt alle Spuren; nur ein Einfügen kann die anderen in Ruhe lassen</translation>
    </message>
    <message>
        <source>&quot;{name}&quot; lies over what goes: Premiere&apos;s ripple does not cut it</source>
        <translation>„{name}“ liegt über dem, was wegfällt: Premieres Ripple schneidet es nicht</translation>
    </message>
    <message>
        <source>the sequence no longer has {rate} frames a second</source>
        <translation>Die Sequenz hat nicht mehr {rate} Frames in der Sekunde</translation>
    </message>
    <message>
        <source>&quot;{name}&quot; has no media file of its own to cut with</source>
        <translation>„{name}“ hat keine eigene Mediendatei, mit der sich schneiden ließe</translation>
    </message>
    <message>
        <source>no clip lies at frame {frame} of the picture track any more</source>
        <translation>Bei Frame {frame} der Bildspur liegt kein Clip mehr</translation>
    </message>
    <message>
        <source>Premiere does not select what it covered</source>
        <translation>Premiere wählt nicht aus, was es überdeckt hat</translation>
    </message>
    <message>
        <source>this Premiere exports no timeline to plug-ins: 26.2 and later do</source>
        <translation>Dieses Premiere gibt Plug-ins keine Timeline: 26.2 und spätere tun es</translation>
    </message>
    <message>
        <source>Premiere does not export &quot;{name}&quot; into {folder}</source>
        <translation>Premiere exportiert „{name}“ nicht nach {folder}</translation>
    </message>
    <message>
        <source>Premiere said that it imported {path}, and no sequence came of it</source>
        <translation>Premiere meldet, es habe {path} importiert, doch daraus wurde keine Sequenz</translation>
    </message>
    <message>
        <source>the sequence that the edit was made of is no longer in the project</source>
        <translation>Die Sequenz, von der der Schnitt stammt, ist nicht mehr im Projekt</translation>
    </message>
    <message>
        <source>Premiere does not delete the sequence &quot;{name}&quot;; delete it in the Project panel</source>
        <translation>Premiere löscht die Sequenz „{name}“ nicht; löschen Sie sie im Projektfenster</translation>
    </message>
    <message>
        <source>{num}/{den} frames a second are no whole number of Premiere&apos;s ticks</source>
        <translation>{num}/{den} Frames in der Sekunde sind keine ganze Zahl von Premieres Ticks</translation>
    </message>
    <message>
        <source>the place is later than 9 h 50 min in the sequence</source>
        <translation>Die Stelle liegt später als 9 h 50 min in der Sequenz</translation>
    </message>
    <message>
        <source>no sequence is open in Premiere</source>
        <translation>In Premiere ist keine Sequenz offen</translation>
    </message>
    <message>
        <source>Premiere refuses a part of &quot;{name}&quot;</source>
        <translation>Premiere lehnt einen Teil von „{name}“ ab</translation>
    </message>
    <message>
        <source>{setting} needs {what}; here: {card}</source>
        <translation>{setting} braucht {what}; hier: {card}</translation>
    </message>
    <message>
        <source>a GPU from Ampere on</source>
        <translation>eine GPU ab Ampere</translation>
    </message>
    <message>
        <source>a CUDA GPU with FP8 arithmetic (Ada, Hopper or later)</source>
        <translation>eine CUDA-GPU, die in FP8 rechnet (ab Ada, Hopper)</translation>
    </message>
    <message>
        <source>torchao: pip install torchao</source>
        <translation>das Paket torchao: pip install torchao</translation>
    </message>
    <message>
        <source>triton: pip install triton</source>
        <translation>das Paket triton: pip install triton</translation>
    </message>
    <message>
        <source>a C++ compiler</source>
        <translation>einen C++-Compiler</translation>
    </message>
    <message>
        <source>a CUDA GPU</source>
        <translation>eine CUDA-GPU</translation>
    </message>
    <message>
        <source>to be one of: {names}</source>
        <translation>eines von: {names}</translation>
    </message>
    <message>
        <source>the package {package}</source>
        <translation>das Paket {package}</translation>
    </message>
    <message>
        <source>{count} CUDA GPUs</source>
        <translation>{count} CUDA-GPUs</translation>
    </message>
    <message>
        <source>CUDA GPUs and, for attention, one of: {names}</source>
        <translation>CUDA-GPUs und für attention eines von: {names}</translation>
    </message>
    <message>
        <source>fp8 and offload do not go together; FP8 alone halves the memory</source>
        <translation>FP8 und Auslagern gehen nicht zusammen; FP8 allein halbiert den Speicher</translation>
    </message>
    <message>
        <source>Ring attention needs a GPU and attention kernels that return the log-sum-exp; {name} on {device} does not. Use Ulysses, or one of: {names}</source>
        <translation>Ring braucht eine GPU und Kerne für attention, die log-sum-exp liefern; {name} auf {device} tut das nicht. Nehmen Sie Ulysses oder eines von: {names}</translation>
    </message>
    <message>
        <source>the {heads} heads of {name} do not divide by ulysses={gpus}</source>
        <translation>die {heads} Köpfe von {name} lassen sich nicht durch ulysses={gpus} teilen</translation>
    </message>
    <message>
        <source>a process that shares the render with this one has ended: the engine&apos;s log says why; it may be memory: set ulysses=1 and ring=1, or precision=fp8</source>
        <translation>ein Prozess, der an diesem Render mitarbeitet, ist zu Ende: Das Protokoll der Engine sagt, warum; vielleicht reicht der Speicher nicht: Setzen Sie ulysses=1 und ring=1, oder precision=fp8</translation>
    </message>
    <message>
        <source>the model&apos;s weights take {size} and the GPU has {free} free: {hint}</source>
        <translation>die Gewichte des Modells brauchen {size}, und auf der GPU sind {free} frei: {hint}</translation>
    </message>
    <message>
        <source>choose {setting} ({size}) in the renderer&apos;s settings, or end what else uses the GPU</source>
        <translation>Wählen Sie {setting} ({size}) in den Einstellungen des Renderers, oder beenden Sie, was die GPU sonst noch nutzt</translation>
    </message>
    <message>
        <source>end what else uses the GPU, or use a smaller model</source>
        <translation>Beenden Sie, was die GPU sonst noch nutzt, oder nehmen Sie ein kleineres Modell</translation>
    </message>
    <message>
        <source>{what} take {size} of main memory and {free} are free: close programs, or use a smaller model</source>
        <translation>{what} brauchen {size} Hauptspeicher, und {free} sind frei: Schließen Sie Programme, oder nehmen Sie ein kleineres Modell</translation>
    </message>
    <message>
        <source>the model&apos;s weights</source>
        <translation>die Gewichte des Modells</translation>
    </message>
    <message>
        <source>the weights of {folder}, which reads the prompt,</source>
        <translation>die Gewichte von {folder}, das den Prompt liest,</translation>
    </message>
    <message>
        <source>{what} does not fit into the GPU&apos;s memory: choose FP8 or main memory in the renderer&apos;s settings, or work on less of the picture or of the clip (the region, a shorter edit)</source>
        <translation>{what} passt nicht in den Speicher der GPU: Wählen Sie FP8 oder den Hauptspeicher in den Einstellungen des Renderers, oder bearbeiten Sie weniger vom Bild oder vom Clip (den Bereich, eine kürzere Änderung)</translation>
    </message>
    <message>
        <source>the work</source>
        <translation>die Arbeit</translation>
    </message>
    <message>
        <source>the model gave no numbers (NaN) at step {step} of {steps}: its weights or its precision are at fault; try float32 in the renderer&apos;s settings</source>
        <translation>das Modell lieferte keine Zahlen (NaN) in Schritt {step} von {steps}: Schuld sind seine Gewichte oder die Genauigkeit; versuchen Sie float32 in den Einstellungen des Renderers</translation>
    </message>
    <message>
        <source>text_encoder/ and tokenizer/ in {folder} cannot be loaded: {why}</source>
        <translation>text_encoder/ und tokenizer/ in {folder} lassen sich nicht laden: {why}</translation>
    </message>
    <message>
        <source>{path} holds no prompt of LTX-{version}: it should have {names} of one length, {width} and {other} wide</source>
        <translation>{path} enthält keinen Prompt von LTX-{version}: Es sollte {names} gleicher Länge haben, {width} und {other} breit</translation>
    </message>
    <message>
        <source>{path} holds no prompt: it should have {values} and {mask} of one length</source>
        <translation>{path} enthält keinen Prompt: Es sollte {values} und {mask} gleicher Länge haben</translation>
    </message>
    <message>
        <source>{folder} has no text_encoder/ to read the prompt {text} with: copy text_encoder/ and tokenizer/ there, or leave prompt and guidance as they are</source>
        <translation>{folder} hat kein text_encoder/, das den Prompt {text} lesen könnte: Kopieren Sie text_encoder/ und tokenizer/ dorthin, oder lassen Sie Prompt und Führung, wie sie sind</translation>
    </message>
    <message>
        <source>{folder} has neither {prompt} nor text_encoder/: `pickup models pull {name}`</source>
        <translation>{folder} hat weder {prompt} noch text_encoder/: `pickup models pull {name}`</translation>
    </message>
    <message>
        <source>{folder} has no text_encoder/ to read the prompt with: leave the prompt out, or copy text_encoder/ and tokenizer/ there</source>
        <translation>{folder} hat kein text_encoder/, das den Prompt lesen könnte: Lassen Sie den Prompt weg, oder kopieren Sie text_encoder/ und tokenizer/ dorthin</translation>
    </message>
    <message>
        <source>{folder} has no text_encoder/ to read the empty prompt with, which guidance leads away from: choose no leading by the words, or copy text_encoder/ and tokenizer/ there</source>
        <translation>{folder} hat kein text_encoder/, das den leeren Prompt lesen könnte, von dem weggeführt wird: Wählen Sie keine Führung durch den Text, oder kopieren Sie text_encoder/ und tokenizer/ dorthin</translation>
    </message>
    <message>
        <source>{folder} has no latent_upsampler/ for a second pass: set passes=1, or copy it there</source>
        <translation>{folder} hat kein latent_upsampler/ für einen zweiten Durchgang: Setzen Sie passes=1, oder kopieren Sie es dorthin</translation>
    </message>
    <message>
        <source>ltx2 takes no {name}: {why}</source>
        <translation>ltx2 nimmt {name} nicht an: {why}</translation>
    </message>
    <message>
        <source>a block around the clip&apos;s ends would have frames that are further apart than it ever saw</source>
        <translation>ein Block um die Enden des Clips hätte Frames, die weiter auseinander liegen, als es je gesehen hat</translation>
    </message>
    <message>
        <source>it keeps nothing between its steps</source>
        <translation>es behält zwischen seinen Schritten nichts</translation>
    </message>
    <message>
        <source>it renders on one GPU</source>
        <translation>es rendert auf einer GPU</translation>
    </message>
    <message>
        <source>the weights in {folder} are not distilled; choose others in the renderer&apos;s settings</source>
        <translation>die Gewichte in {folder} sind nicht destilliert; wählen Sie andere in den Einstellungen des Renderers</translation>
    </message>
    <message>
        <source>distilled weights have {steps}</source>
        <translation>destillierte Gewichte haben {steps}</translation>
    </message>
    <message>
        <source>distilled weights have it in them</source>
        <translation>destillierte Gewichte haben sie in sich</translation>
    </message>
    <message>
        <source>the demo model takes no {name}: {why}</source>
        <translation>das Demo-Modell nimmt {name} nicht an: {why}</translation>
    </message>
    <message>
        <source>it was trained with one caption, which it brings</source>
        <translation>es wurde mit einer einzigen Beschreibung trainiert, die es mitbringt</translation>
    </message>
    <message>
        <source>it was trained with one caption: there is no other to lead from</source>
        <translation>es wurde mit einer einzigen Beschreibung trainiert: Es gibt keine andere, von der weggeführt würde</translation>
    </message>
    <message>
        <source>it makes no whole frames to put in</source>
        <translation>es macht keine ganzen Frames zum Einsetzen</translation>
    </message>
    <message>
        <source>it knows heads alone</source>
        <translation>es kennt nur Köpfe</translation>
    </message>
    <message>
        <source>{renderer} takes no audio_noise: that is for what ltx2 hears</source>
        <translation>{renderer} nimmt audio_noise nicht an: Das ist für das, was ltx2 hört</translation>
    </message>
    <message>
        <source>rendered by LTX-2, which was not trained to fill in a part of a picture: how well the mouth keeps to the speech is unverified; look at the take before you use it</source>
        <translation>gerendert von LTX-2, das nicht gelernt hat, einen Teil eines Bildes zu füllen: Wie gut der Mund der Rede folgt, ist ungeprüft; sehen Sie den Take an, bevor Sie ihn verwenden</translation>
    </message>
    <message>
        <source>rendered by the small demo model, which was trained on drawn faces only: on real footage the mouth will look wrong; use the renderer edityourself or ltx2 there</source>
        <translation>gerendert vom kleinen Demo-Modell, das nur mit gezeichneten Gesichtern trainiert wurde: In echtem Material sieht der Mund falsch aus; nehmen Sie dort den Renderer edityourself oder ltx2</translation>
    </message>
    <message>
        <source>the take&apos;s new words are marked NO CONSENT: no record allows them; `pickup consent add` keeps one</source>
        <translation>die neuen Wörter des Takes sind mit NO CONSENT markiert: Keine Aufzeichnung erlaubt sie; `pickup consent add` legt eine an</translation>
    </message>
    <message>
        <source>the source is {width} pixels wide, and ProRes wants pairs: the take repeats the last column</source>
        <translation>die Quelle ist {width} Pixel breit, und ProRes will Paare: Der Take wiederholt die letzte Spalte</translation>
    </message>
    <message>
        <source>the checkpoint {name} is not on this machine: `pickup models pull {wanted}`, or put its files into {folder}</source>
        <translation>das Modell {name} ist nicht auf diesem Rechner: `pickup models pull {wanted}`, oder legen Sie seine Dateien nach {folder}</translation>
    </message>
    <message>
        <source>{folder} is a file: name the folder that holds it and vae/</source>
        <translation>{folder} ist eine Datei: Nennen Sie den Ordner, in dem sie und vae/ liegen</translation>
    </message>
    <message>
        <source>{folder} is not there, and should be: it is a part of Pickup. Install it again</source>
        <translation>{folder} fehlt und sollte da sein: Es gehört zu Pickup. Installieren Sie es neu</translation>
    </message>
    <message>
        <source>{folder} has no transformer/ with config.json: {hint}</source>
        <translation>{folder} hat kein transformer/ mit config.json: {hint}</translation>
    </message>
    <message>
        <source>{folder} has no {part}/ with config.json and weights: {hint}</source>
        <translation>{folder} hat kein {part}/ mit config.json und Gewichten: {hint}</translation>
    </message>
    <message>
        <source>{folder} has no {part}/ with tokenizer_config.json: {hint}</source>
        <translation>{folder} hat kein {part}/ mit tokenizer_config.json: {hint}</translation>
    </message>
    <message>
        <source>{folder} has no {part}/scheduler_config.json, which tells whether the model is distilled: {hint}</source>
        <translation>{folder} hat kein {part}/scheduler_config.json, das sagt, ob das Modell destilliert ist: {hint}</translation>
    </message>
    <message>
        <source>{part} has no {suffix} weights: {hint}</source>
        <translation>{part} hat keine {suffix}-Gewichte: {hint}</translation>
    </message>
    <message>
        <source>{part} lacks {files} ({amount}): {hint}</source>
        <translation>in {part} fehlt {files} ({amount}): {hint}</translation>
    </message>
    <message>
        <source>{part} lacks {files}: {hint}</source>
        <translation>in {part} fehlt {files}: {hint}</translation>
    </message>
    <message>
        <source>{count} of {total} files</source>
        <translation>{count} von {total} Dateien</translation>
    </message>
    <message>
        <source>{files} and {count} more</source>
        <translation>{files} und {count} weitere</translation>
    </message>
    <message>
        <source>`pickup models pull {name}` goes on where it stopped</source>
        <translation>`pickup models pull {name}` macht dort weiter, wo es aufgehört hat</translation>
    </message>
    <message>
        <source>copy it there whole</source>
        <translation>kopieren Sie es ganz dorthin</translation>
    </message>
    <message>
        <source>{folder} has neither transformer/ nor one file of base weights beside it (found: {found})</source>
        <translation>{folder} hat weder transformer/ noch eine einzelne Datei mit den Gewichten (gefunden: {found})</translation>
    </message>
    <message>
        <source>{folder} holds {file}, and no transformer/: LTX-2 is read as diffusers saves it, in folders. Fetch it so with `pickup models pull ltx2.3-distilled`</source>
        <translation>{folder} enthält {file} und kein transformer/: LTX-2 wird so gelesen, wie diffusers es speichert, in Ordnern. Holen Sie es so mit `pickup models pull ltx2.3-distilled`</translation>
    </message>
    <message>
        <source>{path} is a pickle, which can run any program when it is opened: only .safetensors weights are read. Delete it, and put the same weights as safetensors in its place</source>
        <translation>{path} ist eine Pickle-Datei, die beim Öffnen jedes Programm ausführen kann: Es werden nur Gewichte als .safetensors gelesen. Löschen Sie sie und legen Sie dieselben Gewichte als safetensors an ihre Stelle</translation>
    </message>
    <message>
        <source>{amount}, {size} of {most} GB</source>
        <translation>{amount}, {size} von {most} GB</translation>
    </message>
    <message>
        <source>{path} begins with {many} bytes of names, and no known weights need more than {most}: fetch it again</source>
        <translation>{path} beginnt mit {many} Bytes an Namen, und keine bekannten Gewichte brauchen mehr als {most}: Holen Sie es neu</translation>
    </message>
    <message>
        <source>{path} is not a whole safetensors file: fetch it again</source>
        <translation>{path} ist keine vollständige safetensors-Datei: Holen Sie sie neu</translation>
    </message>
    <message>
        <source>{path} has {size} bytes and should have {end}: fetch it again</source>
        <translation>{path} hat {size} Bytes und sollte {end} haben: Holen Sie es neu</translation>
    </message>
    <message>
        <source>{path} is not an index of weights: fetch it again</source>
        <translation>{path} ist kein Verzeichnis von Gewichten: Holen Sie es neu</translation>
    </message>
    <message>
        <source>{path} names {name}, which is no {suffix} file beside it: fetch it again</source>
        <translation>{path} nennt {name}, und das ist keine {suffix}-Datei daneben: Holen Sie es neu</translation>
    </message>
    <message>
        <source>{path} names no file: fetch it again</source>
        <translation>{path} nennt keine Datei: Holen Sie es neu</translation>
    </message>
    <message>
        <source>{path} is not a description in JSON: fetch it again</source>
        <translation>{path} ist keine Beschreibung in JSON: Holen Sie es neu</translation>
    </message>
    <message>
        <source>{problem} (delete it, then `pickup models pull {name}`)</source>
        <translation>{problem} (löschen Sie es, dann `pickup models pull {name}`)</translation>
    </message>
    <message>
        <source>{folder} is not {wanted}: its transformer/ is of {what}. Name another folder</source>
        <translation>{folder} ist nicht {wanted}: Sein transformer/ ist von {what}. Nennen Sie einen anderen Ordner</translation>
    </message>
    <message>
        <source>LTX-Video, which the renderer edityourself takes</source>
        <translation>LTX-Video, das der Renderer edityourself nimmt</translation>
    </message>
    <message>
        <source>a model of the renderer edityourself or demo</source>
        <translation>einem Modell des Renderers edityourself oder demo</translation>
    </message>
    <message>
        <source>LTX-2, which the renderer ltx2 takes</source>
        <translation>LTX-2, das der Renderer ltx2 nimmt</translation>
    </message>
    <message>
        <source>no model</source>
        <translation>keinem Modell</translation>
    </message>
    <message>
        <source>{part} is of {kind}, and should be of {wanted}. The folder&apos;s files do not belong together</source>
        <translation>{part} ist von {kind} und sollte von {wanted} sein. Die Dateien des Ordners gehören nicht zusammen</translation>
    </message>
    <message>
        <source>{part} is of {kind}, and LTX-{version} reads prompts with its own {reader}. The folder&apos;s files do not belong together</source>
        <translation>{part} ist von {kind}, und LTX-{version} liest Prompts mit seinem eigenen {reader}. Die Dateien des Ordners gehören nicht zusammen</translation>
    </message>
    <message>
        <source>{folder} gives latents of {channels} channels, and the transformer beside it reads {wanted}. Its files do not belong together</source>
        <translation>{folder} liefert Latents mit {channels} Kanälen, und der Transformer daneben liest {wanted}. Seine Dateien gehören nicht zusammen</translation>
    </message>
    <message>
        <source>{folder} gives tokens of {channels} channels, and the transformer beside it reads {wanted}. Its files do not belong together</source>
        <translation>{folder} liefert Tokens mit {channels} Kanälen, und der Transformer daneben liest {wanted}. Seine Dateien gehören nicht zusammen</translation>
    </message>
    <message>
        <source>{folder} says that a latent is {width} pixels wide and {frames} frames long; LTX&apos;s are {wide} and {long}. Fetch its config.json again</source>
        <translation>{folder} sagt, ein Latent sei {width} Pixel breit und {frames} Frames lang; die von LTX sind {wide} und {long}. Holen Sie seine config.json neu</translation>
    </message>
    <message>
        <source>{folder} has weights of other sizes: {files}. Its files do not belong together</source>
        <translation>{folder} hat Gewichte anderer Größe: {files}. Seine Dateien gehören nicht zusammen</translation>
    </message>
    <message>
        <source>{folder} has no weights for: {files}. Its files do not belong together</source>
        <translation>{folder} hat keine Gewichte für: {files}. Seine Dateien gehören nicht zusammen</translation>
    </message>
    <message>
        <source>{folder} has weights that this model does not: {files}. Its files do not belong together</source>
        <translation>{folder} hat Gewichte, die dieses Modell nicht hat: {files}. Seine Dateien gehören nicht zusammen</translation>
    </message>
    <message>
        <source>{folder} does not belong to its config.json: {files}</source>
        <translation>{folder} gehört nicht zu seiner config.json: {files}</translation>
    </message>
    <message>
        <source>{path} does not belong to this model: {why}</source>
        <translation>{path} gehört nicht zu diesem Modell: {why}</translation>
    </message>
    <message>
        <source>{path} describes no model: {why}</source>
        <translation>{path} beschreibt kein Modell: {why}</translation>
    </message>
    <message>
        <source>{folder} cannot be loaded: {why}</source>
        <translation>{folder} lässt sich nicht laden: {why}</translation>
    </message>
    <message>
        <source>{path} does not tell the model&apos;s sizes: {why} is amiss</source>
        <translation>{path} nennt die Größen des Modells nicht: {why} stimmt nicht</translation>
    </message>
    <message>
        <source>{path} does not tell the model&apos;s sizes: {why}</source>
        <translation>{path} nennt die Größen des Modells nicht: {why}</translation>
    </message>
    <message>
        <source>the audio autoencoder has {name} {found}, and LTX-2.0 to 2.5 have {known}: audio_vae/ is of another model. Fetch it again</source>
        <translation>der Audio-Autoencoder hat {name} {found}, und LTX-2.0 bis 2.5 haben {known}: audio_vae/ ist von einem anderen Modell. Holen Sie es neu</translation>
    </message>
    <message>
        <source>{upsampler} is of LTX-Video&apos;s latents, and {vae} is not</source>
        <translation>{upsampler} ist für Latents von LTX-Video, und {vae} ist es nicht</translation>
    </message>
    <message>
        <source>{path} is not of the shape that {name} says</source>
        <translation>{path} hat nicht die Form, die {name} angibt</translation>
    </message>
    <message>
        <source>{path} does not describe a {small}: {why}</source>
        <translation>{path} passt nicht als Beschreibung ({small}): {why}</translation>
    </message>
    <message>
        <source>there is no {small} in {folder}: {why}</source>
        <translation>{small} fehlt in {folder}: {why}</translation>
    </message>
    <message>
        <source>small autoencoder</source>
        <translation>kleiner Autoencoder</translation>
    </message>
    <message>
        <source>small speech encoder</source>
        <translation>kleiner Sprach-Encoder</translation>
    </message>
    <message>
        <source>{path} has no {card} beside it, which tells what it is</source>
        <translation>{path} hat kein {card} daneben, das sagt, was es ist</translation>
    </message>
    <message>
        <source>{path} does not describe audio weights: {why}</source>
        <translation>{path} beschreibt keine Audio-Gewichte: {why}</translation>
    </message>
    <message>
        <source>{path} is not the file that {card} describes: its sha256 is {measured}, and should be {wanted}. Fetch both again</source>
        <translation>{path} ist nicht die Datei, die {card} beschreibt: Ihr sha256 ist {measured} und sollte {wanted} sein. Holen Sie beide neu</translation>
    </message>
    <message>
        <source>{path} gives {layers} layers of {channels} channels, and {name} reads {wanted} of {width}: it is another model&apos;s</source>
        <translation>{path} liefert {layers} Schichten mit {channels} Kanälen, und {name} liest {wanted} mit {width}: Es gehört zu einem anderen Modell</translation>
    </message>
    <message>
        <source>{path} is silent: its output projections are zero, as before training</source>
        <translation>{path} ist stumm: Seine Ausgänge sind null, wie vor dem Training</translation>
    </message>
    <message>
        <source>{path} was never trained: {card} gives {steps} steps</source>
        <translation>{path} wurde nie trainiert: {card} nennt {steps} Schritte</translation>
    </message>
    <message>
        <source>LTX-{version}, {made}, {passes}</source>
        <translation>LTX-{version}, {made}, {passes}</translation>
    </message>
    <message>
        <source>one pass</source>
        <translation>ein Durchgang</translation>
    </message>
    <message>
        <source>two passes</source>
        <translation>zwei Durchgänge</translation>
    </message>
    <message>
        <source>distilled</source>
        <translation>destilliert</translation>
    </message>
    <message>
        <source>for guidance</source>
        <translation>für Führung</translation>
    </message>
    <message>
        <source>audio trained</source>
        <translation>Audio trainiert</translation>
    </message>
    <message>
        <source>no audio weights</source>
        <translation>keine Audio-Gewichte</translation>
    </message>
    <message>
        <source>LTX-Video Open Weights License: read it on the hub</source>
        <translation>LTX-Video Open Weights License, zu lesen im Hub</translation>
    </message>
    <message>
        <source>LTX-2.x Community License: free below 10 M USD of revenue; read it on the hub</source>
        <translation>LTX-2.x Community License: frei unter 10 Mio. USD Umsatz, zu lesen im Hub</translation>
    </message>
    <message>
        <source>LTX-2 Community License: free below 10 M USD of revenue; read it on the hub</source>
        <translation>LTX-2 Community License: frei unter 10 Mio. USD Umsatz, zu lesen im Hub</translation>
    </message>
</context>
<context>
    <name>told</name>
    <message>
        <source>Something went wrong inside Pickup ({what}). Your work is kept; please report it.</source>
        <translation>In Pickup selbst ist etwas schiefgegangen ({what}). Ihre Arbeit ist gesichert; bitte melden Sie es.</translation>
    </message>
</context>
</TS>
