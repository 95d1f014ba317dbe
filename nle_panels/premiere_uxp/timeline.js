"use strict";

/** @import { premierepro, Project, Sequence, VideoTrack, AudioTrack, TickTime } from "@adobe/premierepro" */
/** @import { Laid, Layout, State } from "./messages" */
/** @typedef {VideoTrack | AudioTrack} Track */
/** @typedef {ReturnType<VideoTrack["getTrackItems"]>[number] | ReturnType<AudioTrack["getTrackItems"]>[number]} Item */
/** @typedef {{ project: Project, sequence: Sequence, perFrame: number }} Open */
/** @typedef {{ picture: Item[][], sound: Item[][] }} Items */

const { Failure } = require("./failure.js");
const { frameOf } = require("./ticks.js");

/**
 * What is open now. Every handle dies with the next transaction ("The script object is no longer valid"), so each
 * step asks anew.
 *
 * @param {premierepro} ppro
 * @returns {Promise<Open>}
 */
async function openNow(ppro) {
  const project = await ppro.Project.getActiveProject();
  const sequence = project && (await project.getActiveSequence());
  if (!sequence) {
    throw new Failure("no_sequence", "no sequence is open in Premiere");
  }
  return { project, sequence, perFrame: Number(await sequence.getTimebase()) };
}

/**
 * @param {premierepro} ppro
 * @param {Sequence} sequence
 * @returns {Promise<Items>}
 */
async function itemsOf(ppro, sequence) {
  const [pictures, sounds] = await Promise.all([sequence.getVideoTrackCount(), sequence.getAudioTrackCount()]);
  /** @type {(count: number, track: (index: number) => Promise<Track>) => Promise<Item[][]>} */
  const all = (count, track) =>
    Promise.all(
      Array.from({ length: count }, async (_, index) => [
        ...(await (await track(index)).getTrackItems(ppro.Constants.TrackItemType.CLIP, false)),
      ])
    );
  return {
    picture: await all(pictures, (index) => sequence.getVideoTrack(index)),
    sound: await all(sounds, (index) => sequence.getAudioTrack(index)),
  };
}

/**
 * @param {Item} item
 * @param {number} perFrame
 * @returns {Promise<Laid>}
 */
async function laid(item, perFrame) {
  const [start, end, first, name] = await Promise.all([
    item.getStartTime(),
    item.getEndTime(),
    item.getInPoint(),
    item.getName(),
  ]);
  return { start: frameOf(start, perFrame), end: frameOf(end, perFrame), first: frameOf(first, perFrame), name };
}

/**
 * @param {Items} items
 * @param {number} perFrame
 * @returns {Promise<Layout>}
 */
async function layoutOf(items, perFrame) {
  /** @type {(tracks: Item[][]) => Promise<Laid[][]>} */
  const all = (tracks) =>
    Promise.all(
      tracks.map(async (track) => {
        const clips = await Promise.all(track.map((item) => laid(item, perFrame)));
        return clips.sort((one, other) => one.start - other.start); // Premiere promises no order
      })
    );
  return { picture: await all(items.picture), sound: await all(items.sound) };
}

/**
 * Another text whenever a clip is another one or lies elsewhere: FNV-1a over all of them.
 *
 * @param {Layout} layout
 */
function versionOf(layout) {
  let hash = 0x811c9dc5;
  for (const character of JSON.stringify(layout)) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return (hash >>> 0).toString(16);
}

/**
 * The clip meant: of the selected picture clips the first, else the topmost under the playhead.
 *
 * @param {Items} items
 * @param {number} playhead
 * @param {number} perFrame
 * @returns {Promise<{ item: Item, clip: Laid } | null>}
 */
async function meantClip(items, playhead, perFrame) {
  /** @type {{ item: Item, clip: Laid } | null} */
  let under = null;
  for (const item of items.picture.flat()) {
    const clip = await laid(item, perFrame);
    // The sequence's selection is said to come back empty while its items know that they are selected.
    if (await item.getIsSelected()) {
      return { item, clip };
    }
    if (clip.start <= playhead && playhead < clip.end) {
      under = { item, clip };
    }
  }
  return under;
}

/**
 * @param {premierepro} ppro
 * @param {Open} open
 * @returns {Promise<{ state: State, item: Item | null, layout: Layout }>}
 */
async function stateOf(ppro, { sequence, perFrame }) {
  const items = await itemsOf(ppro, sequence);
  const layout = await layoutOf(items, perFrame);
  const playhead = frameOf(await sequence.getPlayerPosition(), perFrame);
  const meant = await meantClip(items, playhead, perFrame);
  const state = {
    sequence: sequence.guid.toString(),
    name: sequence.name,
    version: versionOf(layout),
    clip: meant ? meant.clip.name : "",
    clip_start: meant ? meant.clip.start : null,
    playhead,
    range: rangeOf(await sequence.getInPoint(), await sequence.getOutPoint(), await sequence.getEndTime(), perFrame),
  };
  return { state, item: meant && meant.item, layout };
}

/**
 * Premiere answers a point that is not set with a time of its own, below 0 or at the sequence's ends.
 *
 * @type {(from: TickTime, to: TickTime, end: TickTime, perFrame: number) => [number, number] | null}
 */
function rangeOf(from, to, end, perFrame) {
  const [first, stop, length] = [from, to, end].map((time) => frameOf(time, perFrame));
  const whole = first === 0 && stop >= length;
  return first >= 0 && first < stop && !whole ? [first, stop] : null;
}

module.exports = { itemsOf, laid, layoutOf, openNow, stateOf, versionOf };
