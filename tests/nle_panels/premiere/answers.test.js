"use strict";

const assert = require("node:assert/strict");
const { describe, test } = require("node:test");

const { FakePremiere } = require("./fake_premiere.js");

const PLUGIN = "../../../nle_panels/premiere_uxp";
const { Answers } = require(`${PLUGIN}/answers.js`);

const MEDIA = "/m/interview.mov";
const clip = (start, end, more = {}) => ({ start, end, first: start, name: "interview.mov", path: MEDIA, ...more });
const next = (start, end) => ({ start, end, first: 0, name: "next.mov", path: "/m/next.mov" });

/** An interview of 100 frames and what follows, its sound under it, and music at the far end. */
function premiere(more = {}) {
  return new FakePremiere({
    picture: [[clip(0, 100, { selected: true }), next(100, 120)], []],
    sound: [[clip(0, 100), next(100, 120)], [{ start: 110, end: 120, first: 0, name: "music.wav", path: "/m/music.wav" }]],
    ...more,
  });
}

const take = (frames, more = {}) => ({
  path: "/t/interview_v001.mov", name: "interview_v001", first: 12, frames, total: frames + 24, ...more,
});

/** The plug-in inside a fake Premiere, and what it wrote. */
function plugin(fake) {
  const files = new Map();
  const io = { read: async (path) => files.get(path), write: async (path, text) => void files.set(path, text) };
  const answers = new Answers(fake.ppro, io, fake.sleep);
  let id = 0;
  const ask = (question) => answers.to({ id: ++id, ...question });
  const place = async (pieces, more = {}) => {
    const { state } = await ask({ type: "export", folder: "/w" });
    return ask({
      type: "place", way: "edit", sequence: state.sequence, version: state.version, rate: [25, 1], track: 1,
      sound_tracks: [1], ripple: "all", timeline: "/w/cut_v2.xml", name: "cut (Pickup)", pieces, ...more,
    });
  };
  return { ask, place, files };
}

const SAME = [{ start: 40, length: 10, take: take(10) }];
const SHORTER = [{ start: 40, length: 20, take: take(8), ripples: [{ at: 45, removed: 12 }] }];
const LONGER = [{ start: 40, length: 10, take: take(15), ripples: [{ at: 44, added: 5 }] }];

describe("export", () => {
  test("writes the active sequence as OTIO and says what is active", async () => {
    const fake = premiere();
    fake.playhead = 30;
    fake.points = [10, 20].map((frame) => frame * fake.perFrame);
    const { ask } = plugin(fake);
    const { version, ...state } = (await ask({ type: "export", folder: "/w" })).state;
    assert.deepEqual([...fake.written], [["/w/sequence.otio", "cut"]]);
    assert.deepEqual(state, {
      sequence: "seq-1", name: "cut", clip: "interview.mov", clip_start: 0, playhead: 30, range: [10, 20],
    });
    assert.match(version, /^[0-9a-f]+$/);
  });

  test("falls back to Final Cut Pro XML in a Premiere without OTIO, with the folder's own slashes", async () => {
    const fake = premiere();
    fake.ppro.ProjectConverter = { exportAsFinalCutProXML: async (_, path) => Boolean(fake.written.set(path, "xml")) };
    assert.equal((await plugin(fake).ask({ type: "export", folder: "C:\\w" })).timeline, "C:\\w\\sequence.xml");
  });

  test("is refused where Premiere exports nothing to plug-ins", async () => {
    const fake = premiere();
    delete fake.ppro.ProjectConverter;
    const answer = await plugin(fake).ask({ type: "export", folder: "/w" });
    assert.deepEqual([answer.name, answer.message], [
      "unsupported", "this Premiere exports no timeline to plug-ins: 26.2 and later do",
    ]);
  });

  test("writes Premiere's transcript of the clip's media, and none where there is none", async () => {
    const fake = premiere();
    const { ask, files } = plugin(fake);
    assert.equal((await ask({ type: "export", folder: "/w" })).transcript, "");
    fake.transcripts.set(MEDIA, '{"segments":[]}');
    assert.equal((await ask({ type: "export", folder: "/w" })).transcript, "/w/transcript.json");
    assert.equal(files.get("/w/transcript.json"), '{"segments":[]}');
  });

  test("means the topmost clip under the playhead where none is selected", async () => {
    const fake = premiere({ picture: [[clip(0, 100)], [{ ...next(50, 60), name: "title" }]] });
    fake.playhead = 55;
    const { state } = await plugin(fake).ask({ type: "export", folder: "/w" });
    assert.deepEqual([state.clip, state.clip_start], ["title", 50]);
  });

  test("without a sequence is refused by name", async () => {
    const fake = premiere();
    fake.now.active = "none";
    assert.equal((await plugin(fake).ask({ type: "export", folder: "/w" })).name, "no_sequence");
  });

  test("points that are not set are no range", async () => {
    const { state } = await plugin(premiere()).ask({ type: "export", folder: "/w" });
    assert.equal(state.range, null);
  });
});

describe("edit", () => {
  test("a take of the same length is overwritten in place, without its handles", async () => {
    const fake = premiere();
    assert.equal((await plugin(fake).place(SAME)).type, "placed");
    assert.deepEqual(fake.seen().picture[0], [
      [0, 40, 0, "interview.mov"], [40, 50, 12, "interview_v001"], [50, 100, 50, "interview.mov"],
      [100, 120, 0, "next.mov"],
    ]);
    assert.deepEqual(fake.seen().sound[0].map((row) => row.slice(0, 2)), [[0, 40], [40, 50], [50, 100], [100, 120]]);
  });

  test("a shorter take pulls everything after it forward, on every track", async () => {
    const fake = premiere();
    assert.equal((await plugin(fake).place(SHORTER)).type, "placed");
    assert.deepEqual(fake.seen().picture[0], [
      [0, 40, 0, "interview.mov"], [40, 48, 12, "interview_v001"], [48, 88, 60, "interview.mov"],
      [88, 108, 0, "next.mov"],
    ]);
    assert.deepEqual(fake.seen().sound[1], [[98, 108, 0, "music.wav"]]);
  });

  test("a longer take pushes everything after it back, and is one clip", async () => {
    const fake = premiere();
    assert.equal((await plugin(fake).place(LONGER)).type, "placed");
    assert.deepEqual(fake.seen().picture[0], [
      [0, 40, 0, "interview.mov"], [40, 55, 12, "interview_v001"], [55, 105, 50, "interview.mov"],
      [105, 125, 0, "next.mov"],
    ]);
    assert.deepEqual(fake.seen().sound[1], [[115, 125, 0, "music.wav"]]);
  });

  test("several pieces keep the numbers of the sequence as it was", async () => {
    const fake = premiere();
    const second = take(20, { path: "/t/interview_v002.mov", name: "interview_v002" });
    const pieces = [...SHORTER, { start: 70, length: 10, take: second, ripples: [{ at: 75, added: 10 }] }];
    assert.equal((await plugin(fake).place(pieces)).type, "placed");
    assert.deepEqual(fake.seen().picture[0], [
      [0, 40, 0, "interview.mov"], [40, 48, 12, "interview_v001"], [48, 58, 60, "interview.mov"],
      [58, 78, 12, "interview_v002"], [78, 98, 80, "interview.mov"], [98, 118, 0, "next.mov"],
    ]);
  });

  test("takes that grow one after the other push back what follows both", async () => {
    const fake = premiere();
    const second = take(20, { path: "/t/interview_v002.mov", name: "interview_v002" });
    const pieces = [...LONGER, { start: 70, length: 10, take: second, ripples: [{ at: 75, added: 10 }] }];
    assert.equal((await plugin(fake).place(pieces)).type, "placed");
    assert.deepEqual(fake.seen().picture[0], [
      [0, 40, 0, "interview.mov"], [40, 55, 12, "interview_v001"], [55, 75, 50, "interview.mov"],
      [75, 95, 12, "interview_v002"], [95, 115, 80, "interview.mov"], [115, 135, 0, "next.mov"],
    ]);
  });

  test("a piece without a take goes, and nothing comes", async () => {
    const fake = premiere();
    const pieces = [{ start: 0, length: 30, take: null, ripples: [{ at: 0, removed: 30 }] }];
    assert.equal((await plugin(fake).place(pieces)).type, "placed");
    assert.deepEqual(fake.seen().picture[0], [[0, 70, 30, "interview.mov"], [70, 90, 0, "next.mov"]]);
  });

  test("one undo takes back what keeps its length or grows, two what shrinks", async () => {
    for (const [pieces, steps] of [[SAME, 1], [LONGER, 1], [SHORTER, 2]]) {
      const fake = premiere();
      const before = fake.seen();
      const { warnings } = await plugin(fake).place(pieces);
      for (let step = 0; step < steps; step += 1) {
        assert.notDeepEqual(fake.seen(), before);
        fake.pressUndo();
      }
      assert.deepEqual(fake.seen(), before);
      assert.equal(warnings.length, steps - 1);
    }
  });

  test("takes are imported once into the bin, and found again by their path", async () => {
    const fake = premiere();
    const { place } = plugin(fake);
    await place(SAME);
    await place([{ start: 60, length: 10, take: take(10) }]);
    const items = fake.now.items.filter((item) => item.bin === "Pickup takes");
    assert.deepEqual(items.map((item) => [item.name, item.path]), [["interview_v001", "/t/interview_v001.mov"]]);
  });

  test("Windows gives a path back in its own spelling", async () => {
    const fake = premiere();
    const { place } = plugin(fake);
    const windows = { path: "C:\\T\\interview_v001.mov" };
    await place([{ start: 40, length: 10, take: take(10, windows) }]);
    fake.now.items.at(-1).path = "c:/t/Interview_v001.mov";
    await place([{ start: 60, length: 10, take: take(10, windows) }]);
    assert.equal(fake.now.items.filter((item) => item.bin === "Pickup takes").length, 1);
  });

  test("at 29.97 frames a second edges are whole frames", async () => {
    const fake = premiere({ fps: 30000 / 1001 });
    assert.equal((await plugin(fake).place(SHORTER, { rate: [30000, 1001] })).type, "placed");
    assert.deepEqual(fake.seen().picture[0].map((row) => row.slice(0, 2)), [[0, 40], [40, 48], [48, 88], [88, 108]]);
  });

  test("with a linked ripple room is made on the clip's own tracks alone", async () => {
    const fake = premiere();
    assert.equal((await plugin(fake).place(LONGER, { ripple: "linked" })).type, "placed");
    assert.deepEqual(fake.seen().sound[1], [[110, 120, 0, "music.wav"]]);
  });
});

/** Numbers from 0 to below `most`, the same ones at each run. */
function dice(seed) {
  let value = seed;
  return (most) => {
    value = (value * 1103515245 + 12345) % 2147483648;
    return Math.floor((value / 2147483648) * most);
  };
}

/** Pieces within the interview's 100 frames, each with what goes and comes inside it. */
function somePieces(roll) {
  const pieces = [];
  for (let start = roll(20), number = 1; start < 80; number += 1) {
    const length = 2 + roll(12);
    const at = start + roll(length);
    const removed = roll(3) && roll(start + length - at);
    const added = roll(3) && roll(6);
    const frames = length - removed + added;
    const of = take(frames, { path: `/t/v${number}.mov`, name: `v${number}` });
    pieces.push({ start, length, take: of, ripples: [{ at, removed, added }] });
    start += length + 1 + roll(30);
  }
  return pieces;
}

test("whatever the pieces, each frame of the track is the one that was meant", async () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const fake = premiere();
    const framesOf = (rows) =>
      rows.flatMap(([start, end, first, name]) => Array.from({ length: end - start }, (_, k) => `${name} ${first + k}`));
    const pieces = somePieces(dice(seed));
    const meant = framesOf(fake.seen().picture[0]);
    for (const { start, length, take: of } of [...pieces].reverse()) {
      meant.splice(start, length, ...Array.from({ length: of.frames }, (_, k) => `${of.name} ${of.first + k}`));
    }
    assert.equal((await plugin(fake).place(pieces)).type, "placed", `seed ${seed}`);
    const { picture, sound } = fake.seen();
    assert.deepEqual(framesOf(picture[0]), meant, `seed ${seed}`);
    assert.deepEqual(sound[0].map((row) => row.slice(0, 2)), picture[0].map((row) => row.slice(0, 2)));
  }
});

describe("an edit that is refused leaves the sequence as it was", () => {
  const bed = { sound: [[clip(0, 100), next(100, 120)], [{ start: 0, end: 120, first: 0, name: "bed.wav", path: "/b" }]] };
  const cases = [
    ["music lies over what goes", bed, SHORTER, {}, "unsupported"],
    ["others would move with a linked ripple", {}, SHORTER, { ripple: "linked" }, "unsupported"],
    ["the linked sound is on two tracks", {}, SAME, { sound_tracks: [1, 2] }, "unsupported"],
    ["another way is asked for", {}, SAME, { way: "takes" }, "unsupported"],
    ["the rate is another", {}, SAME, { rate: [24, 1] }, "changed"],
    ["the sequence is another", {}, SAME, { sequence: "seq-9" }, "changed"],
    ["the sequence was changed", {}, SAME, { version: "0" }, "changed"],
  ];
  for (const [why, project, pieces, more, name] of cases) {
    test(why, async () => {
      const fake = premiere(project);
      const before = fake.seen();
      assert.equal((await plugin(fake).place(pieces, more)).name, name);
      assert.deepEqual(fake.seen(), before);
    });
  }

  test("a file that Premiere does not read", async () => {
    const fake = premiere();
    fake.missing.add("/t/interview_v001.mov");
    const answer = await plugin(fake).place(SAME);
    assert.deepEqual([answer.name, answer.message], ["failed", "Premiere does not import /t/interview_v001.mov"]);
  });

  test("a file that never arrives is not waited for longer than half a minute", async () => {
    const fake = premiere();
    let waited = 0;
    fake.sleep = async (ms) => void (waited += ms);
    const answer = await plugin(fake).place(SAME);
    assert.equal(answer.name, "failed");
    assert.ok(waited > 0 && waited <= 31000);
  });

  test("an action that Premiere refuses, and the project is not left locked", async () => {
    const fake = premiere();
    const { place, ask } = plugin(fake);
    fake.ppro.SequenceEditor.getEditor = () => ({ createOverwriteItemAction: () => { throw new Error("Invalid parameter"); } });
    const answer = await place(SAME);
    assert.deepEqual([answer.name, fake.stuck], ["failed", false]);
    assert.equal((await ask({ type: "ping" })).type, "pong");
  });
});

test("an error that nobody foresaw is a failure where nothing was changed, and worse where something was", async () => {
  for (const [after, name] of [[0, "failed"], [1, "broken"]]) {
    const fake = premiere();
    const { place } = plugin(fake);
    const { getActiveProject } = fake.ppro.Project;
    fake.ppro.Project.getActiveProject = async () => {
      if (fake.labels.filter((label) => label === "Pickup takes").length === 1 && after) {
        fake.ppro.Project.getActiveProject = getActiveProject;
        throw new TypeError("surprise");
      }
      return getActiveProject();
    };
    if (!after) {
      fake.ppro.SequenceEditor = undefined;
    }
    assert.equal((await place(SAME)).name, name);
  }
});

test("a take that did not land on a locked track is noticed, and the editor told how to go back", async () => {
  const fake = premiere();
  fake.lockedTracks.add("sound 1");
  const answer = await plugin(fake).place(SAME);
  assert.equal(answer.name, "broken");
  assert.match(answer.message, /sound track 1 has 2 clips instead of 4; press Ctrl\+Z \(on a Mac Cmd\+Z\) once/);
});

describe("timeline", () => {
  test("the edited timeline becomes a sequence of its own, and is opened", async () => {
    const fake = premiere();
    const answer = await plugin(fake).place(SAME, { way: "timeline" });
    assert.deepEqual([answer.type, answer.name, fake.now.active], ["placed", "cut (Pickup)", answer.sequence]);
  });

  test("undone it is deleted, and the old one is open again", async () => {
    const fake = premiere();
    const { place, ask } = plugin(fake);
    const { receipt } = await place(SAME, { way: "timeline" });
    assert.equal((await ask({ type: "undo", receipt })).type, "undone");
    assert.deepEqual([fake.now.active, fake.now.sequences.length], ["seq-1", 1]);
  });

  test("a file of which no sequence comes is no success", async () => {
    const fake = premiere();
    fake.arrived = () => {};
    assert.equal((await plugin(fake).place(SAME, { way: "timeline" })).name, "failed");
  });
});

describe("undo of an edit", () => {
  test("is the editor's to press, and is seen when it was pressed", async () => {
    const fake = premiere();
    const { place, ask } = plugin(fake);
    const { receipt } = await place(SHORTER);
    const asked = await ask({ type: "undo", receipt });
    assert.equal(asked.name, "unsupported");
    assert.match(asked.message, /^a plug-in cannot undo in Premiere: press Ctrl\+Z .* twice/);
    fake.pressUndo();
    assert.equal((await ask({ type: "undo", receipt })).name, "changed");
    fake.pressUndo();
    assert.equal((await ask({ type: "undo", receipt })).type, "undone");
  });
});
