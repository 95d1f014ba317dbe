"use strict";

/** @import { premierepro, TrackItemSelection } from "@adobe/premierepro" */
/** @import { Place } from "./messages" */
/** @import { Cuts } from "./cuts.js" */
/** @import { Wanted } from "./bin.js" */
/** @import { Item, Open } from "./timeline.js" */

const { itemsIn, stock } = require("./bin.js");
const { checkCuts, cutsOf, difference, meant } = require("./cuts.js");
const { Failure } = require("./failure.js");
const { ticksOf, ticksPerFrame } = require("./ticks.js");
const { itemsOf, laid, layoutOf, openNow, versionOf } = require("./timeline.js");
const { transact } = require("./transaction.js");

/**
 * Cuts the pieces into the open sequence, and reads it back.
 *
 * What keeps its length or grows is one step of Premiere's undo. Where time vanishes a step comes before it, which
 * covers what goes: a clip that comes in a transaction cannot be rippled away in the same one.
 *
 * @param {premierepro} ppro
 * @param {Place} place
 * @param {(ms: number) => Promise<void>} sleep
 * @returns {Promise<{ steps: number, before: string, after: string }>}
 */
async function cutIn(ppro, place, sleep) {
  const { sequence, perFrame } = await openNow(ppro);
  if (ticksPerFrame(place.rate) !== perFrame) {
    throw new Failure("changed", `the sequence no longer has ${place.rate.join("/")} frames a second`);
  }
  const items = await itemsOf(ppro, sequence);
  const layout = await layoutOf(items, perFrame);
  const cuts = cutsOf(place);
  checkCuts(place, cuts, layout);
  const target = meant(place, cuts, layout);
  const wanted = await wantedOf(ppro, place, cuts, items.picture[place.track - 1], perFrame);
  await stock(ppro, binOf(place), wanted, perFrame, sleep);
  if (cuts.cover.length) {
    await cover(ppro, place, cuts, wanted);
  }
  const steps = cuts.cover.length ? 2 : 1;
  try {
    await lay(ppro, place, cuts, wanted);
  } catch (error) {
    if (!cuts.cover.length) {
      throw error;
    }
    throw new Failure("broken", `what goes is covered, and the takes are not in: ${error}; ${byHand(1)}`);
  }
  const now = await openNow(ppro);
  const found = await layoutOf(await itemsOf(ppro, now.sequence), perFrame);
  const wrong = difference(target, found);
  if (wrong) {
    throw new Failure("broken", `Premiere did something else: ${wrong}; ${byHand(steps)}`);
  }
  return { steps, before: versionOf(layout), after: versionOf(found) };
}

/** @param {number} steps */
function byHand(steps) {
  return `press Ctrl+Z (on a Mac Cmd+Z) ${steps === 1 ? "once" : "twice"} in its timeline`;
}

/** @param {Place} place */
function binOf(place) {
  return place.bin ?? "Pickup takes";
}

/** @param {number} frames */
function fillerName(frames) {
  return `Pickup filler ${frames}`;
}

/**
 * The takes, then a filler of each length that is needed: of a take that is long enough, being of the sequence's
 * rate, else of the clip's own media.
 *
 * @param {premierepro} ppro
 * @param {Place} place
 * @param {Cuts} cuts
 * @param {Item[]} track
 * @param {number} perFrame
 * @returns {Promise<Wanted[]>}
 */
async function wantedOf(ppro, place, cuts, track, perFrame) {
  const takes = cuts.takes.map(({ take }) => take);
  const lengths = [...new Set([...cuts.cover, ...cuts.rooms].map((filler) => filler.length))];
  /** @type {Wanted[]} */
  const fillers = [];
  for (const frames of lengths) {
    const long = takes.find((take) => take.total >= frames);
    const path = long ? long.path : await mediaAt(ppro, track, place.pieces[0].start, perFrame);
    fillers.push({ name: fillerName(frames), path, first: 0, frames });
  }
  return [...takes.map(({ name, path, first, frames }) => ({ name, path, first, frames })), ...fillers];
}

/** @type {(ppro: premierepro, track: Item[], frame: number, perFrame: number) => Promise<string>} */
async function mediaAt(ppro, track, frame, perFrame) {
  for (const item of track) {
    const clip = await laid(item, perFrame);
    if (clip.start <= frame && frame < clip.end) {
      const path = await ppro.ClipProjectItem.cast(await item.getProjectItem()).getMediaFilePath();
      if (path) {
        return path;
      }
      throw new Failure("unsupported", `"${clip.name}" has no media file of its own to cut with`);
    }
  }
  throw new Failure("changed", `no clip lies at frame ${frame} of the picture track any more`);
}

/** @type {(ppro: premierepro, place: Place, cuts: Cuts, wanted: Wanted[]) => Promise<void>} */
async function cover(ppro, place, cuts, wanted) {
  const stocked = await itemsIn(ppro, binOf(place), wanted);
  const { project, sequence, perFrame } = await openNow(ppro);
  const editor = ppro.SequenceEditor.getEditor(sequence);
  transact(project, "Pickup: cover what goes", (add) => {
    for (const { start, length } of cuts.cover) {
      const filler = stocked[wanted.findIndex((one) => one.name === fillerName(length))];
      const at = ppro.TickTime.createWithTicks(ticksOf(start, perFrame));
      add(editor.createOverwriteItemAction(filler, at, place.track - 1, place.sound_tracks[0] - 1));
    }
  });
}

/** @type {(ppro: premierepro, place: Place, cuts: Cuts, wanted: Wanted[]) => Promise<void>} */
async function lay(ppro, place, cuts, wanted) {
  const stocked = await itemsIn(ppro, binOf(place), wanted);
  const open = await openNow(ppro);
  const selection = cuts.cover.length ? await covered(ppro, open, place, cuts) : null;
  const editor = ppro.SequenceEditor.getEditor(open.sequence);
  const [picture, sound] = [place.track - 1, place.sound_tracks[0] - 1];
  /** @param {number} frame */
  const at = (frame) => ppro.TickTime.createWithTicks(ticksOf(frame, open.perFrame));
  transact(open.project, "Pickup takes", (add) => {
    if (selection) {
      add(editor.createRemoveItemsAction(selection, true, ppro.Constants.MediaType.ANY, false));
    }
    for (const { start, length } of cuts.rooms) {
      const filler = stocked[wanted.findIndex((one) => one.name === fillerName(length))];
      const others = place.ripple === "linked"; // Premiere's "limit shift": what is on no target track stays
      add(editor.createInsertProjectItemAction(filler, at(start), picture, sound, others));
    }
    cuts.takes.forEach(({ start }, index) => {
      // A ProjectItem as it comes from its bin: one that was cast is an "Invalid parameter" here.
      add(editor.createOverwriteItemAction(stocked[index], at(start), picture, sound));
    });
  });
}

/**
 * The fillers that cover what goes, as a selection. One that is made empty dies with its callback; the sequence's
 * own lives.
 *
 * @type {(ppro: premierepro, open: Open, place: Place, cuts: Cuts) => Promise<TrackItemSelection>}
 */
async function covered(ppro, { sequence, perFrame }, place, cuts) {
  await sequence.clearSelection();
  const selection = await sequence.getSelection();
  const { picture, sound } = await itemsOf(ppro, sequence);
  for (const track of [picture[place.track - 1], sound[place.sound_tracks[0] - 1]]) {
    for (const item of track) {
      const { start, end } = await laid(item, perFrame);
      if (cuts.cover.some((gone) => gone.start === start && gone.start + gone.length === end)) {
        if (!selection.addItem(item, true)) {
          throw new Failure("failed", "Premiere does not select what it covered");
        }
      }
    }
  }
  return selection;
}

module.exports = { byHand, cutIn };
