"use strict";

/** The plug-in in a fake Premiere, connected to the panel whose connection file is the first argument. */

const fs = require("node:fs/promises");

const { FakePremiere } = require("./fake_premiere.js");
const { Answers } = require("../../../nle_panels/premiere_uxp/answers.js");
const { Connection } = require("../../../nle_panels/premiere_uxp/connection.js");
const { openNow, stateOf } = require("../../../nle_panels/premiere_uxp/timeline.js");

const clip = { start: 0, end: 100, first: 0, name: "interview.mov", path: "/m/interview.mov", selected: true };
const next = { start: 100, end: 120, first: 0, name: "next.mov", path: "/m/next.mov" };
const fake = new FakePremiere({ picture: [[clip, next]], sound: [[clip, next]] });
fake.transcripts.set("/m/interview.mov", '{"segments": []}');

const RATE = 25;
const range = (first, frames) => ({
  OTIO_SCHEMA: "TimeRange.1",
  start_time: { OTIO_SCHEMA: "RationalTime.1", rate: RATE, value: first },
  duration: { OTIO_SCHEMA: "RationalTime.1", rate: RATE, value: frames },
});

/** The active sequence as OTIO. */
function otio() {
  const sequence = fake.sequence();
  const track = (kind) => (clips, index) => ({
    OTIO_SCHEMA: "Track.1",
    kind,
    name: `${kind} ${index + 1}`,
    children: [...clips]
      .sort((one, other) => one.start - other.start)
      .map((one) => ({
        OTIO_SCHEMA: "Clip.1",
        name: one.name,
        source_range: range(one.first / fake.perFrame, (one.end - one.start) / fake.perFrame),
        media_reference: {
          OTIO_SCHEMA: "ExternalReference.1",
          target_url: one.path,
          available_range: range(0, 1000),
        },
      })),
  });
  const children = [...sequence.picture.map(track("Video")), ...sequence.sound.map(track("Audio"))];
  return { OTIO_SCHEMA: "Timeline.1", name: sequence.name, tracks: { OTIO_SCHEMA: "Stack.1", name: "tracks", children } };
}

fake.ppro.ProjectConverter.exportAsOpenTimelineIO = async (_, path) => {
  await fs.writeFile(path, JSON.stringify(otio()));
  return true;
};

const files = { read: (path) => fs.readFile(path, "utf8"), write: (path, text) => fs.writeFile(path, text) };
const answers = new Answers(fake.ppro, files, fake.sleep);
const presses = process.argv[3] === "the editor undoes";

void new Connection({
  meeting: () => files.read(process.argv[2]),
  open: (url) => new WebSocket(url),
  sleep: (ms) => new Promise((resolve) => void setTimeout(resolve, Math.min(ms, 200))),
  now: () => Date.now(),
  hostVersion: "26.3.0",
  version: "0.1.0",
  answer: async (question) => {
    if (question.type === "undo" && presses) {
      JSON.parse(question.receipt).steps === 2 && fake.pressUndo();
      fake.pressUndo();
    }
    return answers.to(question);
  },
  look: async () => (await stateOf(fake.ppro, await openNow(fake.ppro))).state,
  status: (text) => console.log(text),
  notice: (text) => console.log(text),
}).run();
