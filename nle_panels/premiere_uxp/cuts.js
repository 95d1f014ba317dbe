"use strict";

/** @import { Laid, Layout, Place, Take } from "./messages" */

const { Failure } = require("./failure.js");

/**
 * The steps of an edit, in the order in which they are done.
 *
 * Premiere has no razor for plug-ins, and ripples only whole clips away. So what is to vanish is first covered by
 * a filler of its very length (`cover`, in frames of the sequence as it was), which is then a clip that can be
 * rippled away. Room for more frames is made by inserting a filler (`rooms`, from the last to the first, in frames
 * of what the removals leave). The takes are laid last, and cover the rooms (`takes`, in frames of the end).
 *
 * @typedef {object} Cuts
 * @property {{ start: number, length: number }[]} cover
 * @property {{ start: number, length: number }[]} rooms
 * @property {{ start: number, take: Take }[]} takes
 */

/**
 * @param {Place} place
 * @returns {Cuts}
 */
function cutsOf(place) {
  /** @type {Cuts} */
  const cuts = { cover: [], rooms: [], takes: [] };
  let removed = 0;
  let added = 0;
  for (const piece of place.pieces) {
    if (piece.take) {
      cuts.takes.push({ start: piece.start - removed + added, take: piece.take });
    }
    for (const ripple of piece.ripples ?? []) {
      if (ripple.removed) {
        cuts.cover.push({ start: ripple.at, length: ripple.removed });
      }
      if (ripple.added) {
        cuts.rooms.unshift({ start: ripple.at - removed, length: ripple.added });
      }
      removed += ripple.removed ?? 0;
      added += ripple.added ?? 0;
    }
  }
  return cuts;
}

/**
 * Refuses what Premiere's own ripple would do otherwise than the panel means it.
 *
 * @param {Place} place
 * @param {Cuts} cuts
 * @param {Layout} layout the sequence as it is
 */
function checkCuts(place, cuts, layout) {
  if (place.sound_tracks.length !== 1) {
    throw new Failure("unsupported", "the clip's linked sound is not on one track: Premiere lays a take on one pair");
  }
  const first = Math.min(...cuts.cover.map((gone) => gone.start));
  for (const clip of others(place, layout).flat()) {
    if (place.ripple === "linked" && clip.end > first) {
      throw new Failure("unsupported", "Premiere ripples every track; only an insert can leave the others alone");
    }
    const over = cuts.cover.find((gone) => clip.start < gone.start + gone.length && clip.end > gone.start);
    if (over) {
      throw new Failure("unsupported", `"${clip.name}" lies over what goes: Premiere's ripple does not cut it`);
    }
  }
}

/**
 * What the sequence is to look like afterwards: the edges of its clips.
 *
 * @typedef {{ start: number, end: number }} Edges
 *
 * @param {Place} place
 * @param {Cuts} cuts
 * @param {Layout} layout the sequence before the first step
 * @returns {{ picture: Edges[][], sound: Edges[][] }}
 */
function meant(place, cuts, layout) {
  /** @type {(tracks: Laid[][], own: number[]) => Edges[][]} */
  const all = (tracks, own) =>
    tracks.map((clips, index) => {
      const edges = clips.map((clip) => ({ start: clip.start, end: clip.end }));
      if (own.includes(index + 1)) {
        return withTakes(withRooms(withoutCovered(edges, cuts), cuts), cuts);
      }
      return place.ripple === "all" ? withRooms(withoutCovered(edges, cuts), cuts) : edges;
    });
  return { picture: all(layout.picture, [place.track]), sound: all(layout.sound, place.sound_tracks) };
}

/** @type {(clips: Edges[], cuts: Cuts) => Edges[]} */
function withoutCovered(clips, cuts) {
  return [...cuts.cover].reverse().reduce((left, gone) => {
    const end = gone.start + gone.length;
    return [...before(left, gone.start), ...moved(after(left, end), -gone.length)];
  }, clips);
}

/** @type {(clips: Edges[], cuts: Cuts) => Edges[]} */
function withRooms(clips, cuts) {
  return cuts.rooms.reduce(
    (left, room) => [...before(left, room.start), ...moved(after(left, room.start), room.length)],
    clips
  );
}

/** @type {(clips: Edges[], cuts: Cuts) => Edges[]} */
function withTakes(clips, cuts) {
  return cuts.takes.reduce((left, { start, take }) => {
    const end = start + take.frames;
    return [...before(left, start), { start, end }, ...after(left, end)];
  }, clips);
}

/** @type {(clips: Edges[], at: number) => Edges[]} */
function before(clips, at) {
  return clips.filter((clip) => clip.start < at).map((clip) => ({ ...clip, end: Math.min(clip.end, at) }));
}

/** @type {(clips: Edges[], at: number) => Edges[]} */
function after(clips, at) {
  return clips.filter((clip) => clip.end > at).map((clip) => ({ ...clip, start: Math.max(clip.start, at) }));
}

/** @type {(clips: Edges[], frames: number) => Edges[]} */
function moved(clips, frames) {
  return clips.map((clip) => ({ ...clip, start: clip.start + frames, end: clip.end + frames }));
}

/**
 * Where the sequence is not as it was meant, in words; "" where it is.
 *
 * @param {{ picture: Edges[][], sound: Edges[][] }} target
 * @param {Layout} found
 */
function difference(target, found) {
  for (const kind of /** @type {const} */ (["picture", "sound"])) {
    if (found[kind].length !== target[kind].length) {
      return `${found[kind].length} ${kind} tracks instead of ${target[kind].length}`;
    }
    for (const [index, clips] of target[kind].entries()) {
      const there = found[kind][index];
      if (there.length !== clips.length) {
        return `${kind} track ${index + 1} has ${there.length} clips instead of ${clips.length}`;
      }
      const at = clips.findIndex((clip, k) => clip.start !== there[k].start || clip.end !== there[k].end);
      if (at >= 0) {
        const [{ name, start, end }, clip] = [there[at], clips[at]];
        return `"${name}" on ${kind} track ${index + 1} lies at ${start} to ${end}, not ${clip.start} to ${clip.end}`;
      }
    }
  }
  return "";
}

/** @type {(place: Place, layout: Layout) => Laid[][]} */
function others(place, layout) {
  return [
    ...layout.picture.filter((_, index) => index + 1 !== place.track),
    ...layout.sound.filter((_, index) => !place.sound_tracks.includes(index + 1)),
  ];
}

module.exports = { checkCuts, cutsOf, difference, meant };
