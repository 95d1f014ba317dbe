"use strict";

/** @import { premierepro } from "@adobe/premierepro" */
/** @import { State } from "./messages" */
/** @import { Item, Open } from "./timeline.js" */
/** @typedef {{ read(path: string): Promise<string>, write(path: string, text: string): Promise<void> }} Files */

const { Failure } = require("./failure.js");
const { openNow, stateOf } = require("./timeline.js");

/**
 * Writes the active sequence, and the transcript of the meant clip's media where Premiere has one.
 *
 * @param {premierepro} ppro
 * @param {string} folder
 * @param {Files} files
 * @returns {Promise<{ timeline: string, state: State, transcript: string }>}
 */
async function exported(ppro, folder, files) {
  const open = await openNow(ppro);
  const { state, item } = await stateOf(ppro, open);
  const timeline = await timelineOf(ppro, open, folder);
  const text = item ? await transcriptOf(ppro, item) : "";
  const transcript = text && inside(folder, "transcript.json");
  if (transcript) {
    await files.write(transcript, text);
  }
  return { timeline, state, transcript };
}

/** @type {(ppro: premierepro, open: Open, folder: string) => Promise<string>} */
async function timelineOf(ppro, { sequence }, folder) {
  const { ProjectConverter: converter } = ppro;
  const native = typeof converter?.exportAsOpenTimelineIO === "function"; // since 26.2
  if (!native && typeof converter?.exportAsFinalCutProXML !== "function") {
    throw new Failure("unsupported", "this Premiere exports no timeline to plug-ins: 26.2 and later do");
  }
  const path = inside(folder, native ? "sequence.otio" : "sequence.xml");
  const done = native
    ? await converter.exportAsOpenTimelineIO(sequence, path, true)
    : await converter.exportAsFinalCutProXML(sequence, path, true);
  if (!done) {
    throw new Failure("failed", `Premiere does not export "${sequence.name}" into ${folder}`);
  }
  return path;
}

/**
 * Premiere's JSON; "" where there is none. `hasTranscript` is there since 26.3; before, a clip without a transcript
 * makes `exportToJSON` throw "Illegal Parameter type".
 *
 * @type {(ppro: premierepro, item: Item) => Promise<string>}
 */
async function transcriptOf(ppro, item) {
  const clip = ppro.ClipProjectItem.cast(await item.getProjectItem());
  const { Transcript: transcripts } = ppro;
  try {
    if (typeof transcripts.hasTranscript === "function" && !transcripts.hasTranscript(clip)) {
      return "";
    }
    return (await transcripts.exportToJSON(clip)) || "";
  } catch {
    return "";
  }
}

/** @type {(folder: string, name: string) => string} */
function inside(folder, name) {
  return folder + (folder.includes("\\") ? "\\" : "/") + name;
}

module.exports = { exported };
