"use strict";

/**
 * A Premiere in memory, with the traps that plug-ins have met in the real one:
 *
 * - an action made outside of `lockedAccess` is refused (26.3), and so is every handle older than the last change;
 * - an error that leaves `lockedAccess` leaves the project locked;
 * - `importFiles` answers true before the item is there, and false for what it cannot read;
 * - an item is laid from its in point to its out point as they were before the transaction;
 * - an item that was cast is an invalid parameter where a ProjectItem is wanted;
 * - tracks list their clips in no order, and the sequence's selection may come back empty;
 * - what is laid on a locked track is not there, and the transaction says true;
 * - a ripple moves every track and cuts none; an insert cuts every track, unless it is limited;
 * - there is no undo for a plug-in: `pressUndo` is the editor.
 *
 * Times are in ticks, numbers here and text at the door.
 */

const SECOND = 254016000000;
const STALE = "The script object is no longer valid";

const UNSET = -400000 * SECOND;

/** @param {number} ticks */
const time = (ticks) => ({ ticks: String(ticks), seconds: ticks / SECOND, ticksNumber: ticks });

/** @param {{ ticks: string }} value */
const ticks = (value) => Number(value.ticks);

class FakePremiere {
  /**
   * @param {object} project
   * @param {number} [project.fps]
   * @param {object[][]} project.picture clips in frames: { start, end, first, name, path, selected }
   * @param {object[][]} project.sound
   */
  constructor({ fps = 25, picture, sound }) {
    this.perFrame = SECOND / fps;
    const clips = (tracks) =>
      tracks.map((track) =>
        track.map((clip) => ({
          ...clip,
          start: clip.start * this.perFrame,
          end: clip.end * this.perFrame,
          first: (clip.first ?? 0) * this.perFrame,
        }))
      );
    const main = { guid: "seq-1", name: "cut", picture: clips(picture), sound: clips(sound) };
    this.now = { items: [], sequences: [main], active: "seq-1" };
    this.past = [];
    this.age = 0;
    this.locked = 0;
    this.stuck = false;
    this.arriving = [];
    this.missing = new Set();
    this.lockedTracks = new Set();
    this.transcripts = new Map();
    this.written = new Map();
    this.labels = [];
    this.playhead = 0;
    this.points = [UNSET, UNSET];
    this.ids = 0;
    this.ppro = this.api();
  }

  /** Time passes: what was imported arrives. */
  sleep = async () => {
    const [next, ...rest] = this.arriving;
    this.arriving = rest;
    if (next) {
      this.change(next);
    }
  };

  pressUndo() {
    this.now = this.past.pop();
    this.age += 1;
  }

  /** Frames of the active sequence: { picture, sound } of [start, end, first, name]. */
  seen() {
    const sequence = this.sequence();
    const rows = (tracks) =>
      tracks.map((track) =>
        [...track]
          .sort((one, other) => one.start - other.start)
          .map((clip) => [clip.start, clip.end, clip.first].map((t) => t / this.perFrame).concat(clip.name))
      );
    return { picture: rows(sequence.picture), sound: rows(sequence.sound) };
  }

  sequence(guid = this.now.active) {
    return this.now.sequences.find((one) => one.guid === guid);
  }

  change(edit) {
    this.past.push(structuredClone(this.now));
    edit();
    this.age += 1;
  }

  alive(age) {
    if (age !== this.age) {
      throw new Error(STALE);
    }
  }

  /** An action: what it does is settled when it is made, inside the lock. */
  action(age, run) {
    if (!this.locked) {
      throw new Error(STALE);
    }
    this.alive(age);
    return { run };
  }

  api() {
    const fake = this;
    return {
      Constants: { TrackItemType: { CLIP: 1 }, MediaType: { ANY: 0, VIDEO: 2 } },
      TickTime: {
        createWithTicks: (text) => {
          if (typeof text !== "string" || !/^-?\d+$/.test(text)) {
            throw new Error("Illegal Parameter type");
          }
          return time(Number(text));
        },
      },
      Project: { getActiveProject: async () => fake.projectHandle() },
      ProjectItem: { TYPE_CLIP: 1, TYPE_BIN: 2 },
      FolderItem: { cast: (item) => fake.folderHandle(item.bin) },
      ClipProjectItem: { cast: (item) => fake.clipHandle(item.id) },
      SequenceEditor: { getEditor: (sequence) => fake.editor(sequence.guid.toString()) },
      Transcript: {
        exportToJSON: async (clip) => {
          const text = fake.transcripts.get(clip.path);
          if (!text) {
            throw new Error("Illegal Parameter type");
          }
          return text;
        },
      },
      ProjectConverter: {
        exportAsOpenTimelineIO: async (sequence, path) => {
          fake.written.set(path, sequence.name);
          return true;
        },
      },
    };
  }

  projectHandle() {
    const fake = this;
    return {
      getActiveSequence: async () => (fake.sequence() ? fake.sequenceHandle(fake.now.active) : null),
      getSequences: async () => fake.now.sequences.map((one) => fake.sequenceHandle(one.guid)),
      setActiveSequence: async (one) => Boolean((fake.now.active = one.guid.toString())),
      deleteSequence: async (one) => {
        fake.change(() => {
          fake.now.sequences = fake.now.sequences.filter((other) => other.guid !== one.guid.toString());
        });
        return true;
      },
      getRootItem: async () => fake.folderHandle(""),
      importFiles: async ([path], suppressed, target) => {
        if (!suppressed || fake.missing.has(path)) {
          return false;
        }
        fake.arriving.push(() => {}, () => fake.arrived(path, target ? target.bin : ""));
        return true;
      },
      lockedAccess: (body) => {
        if (fake.stuck) {
          throw new Error("the project is locked");
        }
        fake.locked += 1;
        fake.stuck = true;
        body();
        fake.stuck = false;
        fake.locked -= 1;
      },
      executeTransaction: (build, label) => {
        const actions = [];
        const result = build({ addAction: (action) => Boolean(action && actions.push(action)) });
        if (result instanceof Promise) {
          throw new Error("a transaction cannot wait");
        }
        fake.labels.push(label);
        fake.change(() => actions.forEach((action) => action.run()));
        return true;
      },
    };
  }

  arrived(path, bin) {
    if (path.endsWith(".xml")) {
      this.now.sequences.push({ guid: `seq-${++this.ids + 1}`, name: "cut (Pickup)", picture: [[]], sound: [[]] });
    } else {
      const name = path.split(/[\\/]/).pop();
      this.now.items.push({ id: `item-${++this.ids}`, type: 1, bin, name, path, from: UNSET, to: UNSET });
    }
  }

  folderHandle(bin) {
    const { age } = this;
    return {
      bin,
      getItems: async () => this.now.items.filter((item) => item.bin === bin).map((item) => this.itemHandle(item.id)),
      createBinAction: (name) =>
        this.action(age, () => this.now.items.push({ id: `item-${++this.ids}`, type: 2, bin: "", name })),
    };
  }

  itemHandle(id) {
    const { age } = this;
    const item = this.now.items.find((one) => one.id === id);
    return {
      id,
      raw: true,
      age,
      type: item.type,
      name: item.name,
      bin: item.type === 2 ? item.name : item.bin,
      getId: () => id,
      createSetNameAction: (name) =>
        this.action(age, () => (this.now.items.find((one) => one.id === id).name = name)),
    };
  }

  clipHandle(id) {
    const { age } = this;
    const item = this.now.items.find((one) => one.id === id) ?? { path: id };
    return {
      path: item.path,
      getMediaFilePath: async () => item.path,
      createSetInOutPointsAction: (from, to) =>
        this.action(age, () => {
          const now = this.now.items.find((one) => one.id === id);
          [now.from, now.to] = [ticks(from), ticks(to)];
        }),
    };
  }

  sequenceHandle(guid) {
    const { age } = this;
    const sequence = this.sequence(guid);
    const track = (kind) => async (index) => ({
      getTrackItems: () => {
        this.alive(age);
        return [...sequence[kind][index]].reverse().map((clip) => this.trackItem(clip));
      },
    });
    const end = Math.max(0, ...[...sequence.picture, ...sequence.sound].flat().map((clip) => clip.end));
    return {
      guid: { toString: () => guid },
      name: sequence.name,
      getTimebase: async () => String(this.perFrame),
      getVideoTrackCount: async () => sequence.picture.length,
      getAudioTrackCount: async () => sequence.sound.length,
      getVideoTrack: track("picture"),
      getAudioTrack: track("sound"),
      getPlayerPosition: async () => time(this.playhead * this.perFrame),
      getInPoint: async () => time(this.points[0]),
      getOutPoint: async () => time(this.points[1]),
      getEndTime: async () => time(end),
      clearSelection: async () => true,
      getSelection: async () => {
        const chosen = [];
        return { chosen, age, addItem: (item) => item.age === this.age && Boolean(chosen.push(item)) };
      },
    };
  }

  trackItem(clip) {
    return {
      clip,
      age: this.age,
      getStartTime: async () => time(clip.start),
      getEndTime: async () => time(clip.end),
      getInPoint: async () => time(clip.first),
      getName: async () => clip.name,
      getIsSelected: async () => Boolean(clip.selected),
      getProjectItem: async () => ({ id: clip.path }),
    };
  }

  editor(guid) {
    const { age } = this;
    const tracks = () => {
      const { picture, sound } = this.sequence(guid);
      return { picture, sound };
    };
    const laidOn = (item, at, video, audio) => {
      const { from, to, name, path } = this.now.items.find((one) => one.id === item.id);
      const clip = { start: ticks(at), end: ticks(at) + to - from, first: from, name, path };
      return () => {
        for (const [kind, index] of [["picture", video], ["sound", audio]]) {
          const list = tracks()[kind];
          if (!this.lockedTracks.has(`${kind} ${index + 1}`)) {
            list[index] = [...before(list[index], clip.start), { ...clip }, ...after(list[index], clip.end)];
          }
        }
      };
    };
    const check = (item) => {
      if (!item.raw || item.age !== this.age) {
        throw new Error(item.raw ? STALE : "Invalid parameter");
      }
    };
    return {
      createOverwriteItemAction: (item, at, video, audio) => {
        check(item);
        return this.action(age, laidOn(item, at, video, audio));
      },
      createInsertProjectItemAction: (item, at, video, audio, limited) => {
        check(item);
        const lay = laidOn(item, at, video, audio);
        const { from, to } = this.now.items.find((one) => one.id === item.id);
        return this.action(age, () => {
          const target = { picture: video, sound: audio };
          for (const [kind, list] of Object.entries(tracks())) {
            list.forEach((clips, index) => {
              if (!limited || index === target[kind]) {
                list[index] = [...before(clips, ticks(at)), ...moved(after(clips, ticks(at)), to - from)];
              }
            });
          }
          lay();
        });
      },
      createRemoveItemsAction: (selection, ripple) => {
        this.alive(selection.age);
        const gone = selection.chosen.map((item) => item.clip);
        return this.action(age, () => {
          const ranges = [...new Set(gone.map((clip) => `${clip.start} ${clip.end}`))].map((r) => r.split(" ").map(Number));
          for (const list of Object.values(tracks())) {
            list.forEach((clips, index) => {
              const left = clips.filter((clip) => !gone.includes(clip));
              list[index] = left.map((clip) => {
                const shift = ranges.filter(([, end]) => end <= clip.start).reduce((sum, [s, e]) => sum + e - s, 0);
                return ripple ? { ...clip, start: clip.start - shift, end: clip.end - shift } : clip;
              });
            });
          }
        });
      },
    };
  }
}

const before = (clips, at) =>
  clips.filter((clip) => clip.start < at).map((clip) => ({ ...clip, end: Math.min(clip.end, at) }));

const after = (clips, at) =>
  clips
    .filter((clip) => clip.end > at)
    .map((clip) => {
      const cut = Math.max(0, at - clip.start);
      return { ...clip, start: clip.start + cut, first: clip.first + cut };
    });

const moved = (clips, by) => clips.map((clip) => ({ ...clip, start: clip.start + by, end: clip.end + by }));

module.exports = { FakePremiere };
