"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");

const { Connection } = require("../../../nle_panels/premiere_uxp/connection.js");

const MEETING = { protocol: 1, host: "premiere", port: 40123, token: "t0ken", pid: 1, panel_version: "0.1.0" };

/** A plug-in whose panels are what `panels` says, one for each try to connect; the last try ends the test. */
async function run(panels, { meetings = panels.map(() => JSON.stringify(MEETING)), answer, look } = {}) {
  const seen = { urls: [], said: [], status: [], notices: [], slept: [] };
  const stop = new Error("enough");
  const connection = new Connection({
    meeting: async () => {
      if (!meetings.length) {
        throw stop;
      }
      return meetings.shift();
    },
    open: (url) => {
      seen.urls.push(url);
      const socket = { readyState: 1, send: (text) => seen.said.push(JSON.parse(text)) };
      const hear = (message) => socket.onmessage({ data: JSON.stringify(message) });
      const end = (code, reason = "") => {
        socket.readyState = 3;
        socket.onclose({ code, reason });
      };
      const fail = () => socket.onerror({});
      const panel = panels.shift();
      if (panel instanceof Error) {
        throw panel;
      }
      setImmediate(async () => {
        socket.onopen?.();
        await panel({ hear, end, fail });
      });
      return socket;
    },
    sleep: async (ms) => {
      seen.slept.push(ms);
      await new Promise(setImmediate);
      if (!panels.length && !meetings.length && ms === 3000) {
        throw stop;
      }
    },
    now: () => 0,
    hostVersion: "26.3.0",
    version: "0.1.0",
    answer: answer ?? (async ({ id }) => ({ type: "pong", id })),
    look: look ?? (async () => null),
    status: (text) => seen.status.push(text),
    notice: (text) => seen.notices.push(text),
  });
  await connection.run().catch((error) => assert.equal(error, stop));
  return seen;
}

const WELCOME = { type: "welcome", protocol: 1, panel_version: "0.1.0" };
const soon = () => new Promise((resolve) => void setTimeout(resolve, 50));

test("greets the panel that the file names, with its token", async () => {
  const seen = await run([({ end }) => end(1001)]);
  assert.deepEqual(seen.urls, ["ws://127.0.0.1:40123/"]);
  assert.deepEqual(seen.said, [
    {
      type: "hello", protocol: 1, token: "t0ken", host: "premiere", host_version: "26.3.0", script_version: "0.1.0",
      ways: ["edit", "timeline"], reads: [".xml"],
    },
  ]);
});

test("reads the file anew for each try", async () => {
  const meetings = [MEETING, { ...MEETING, port: 40999, token: "other" }].map((one) => JSON.stringify(one));
  const seen = await run([({ end }) => end(1001), ({ end }) => end(1006)], { meetings });
  assert.deepEqual(seen.urls, ["ws://127.0.0.1:40123/", "ws://127.0.0.1:40999/"]);
  assert.deepEqual(seen.said.map((hello) => hello.token), ["t0ken", "other"]);
});

test("a connection that Premiere does not permit yet is tried again", async () => {
  const seen = await run([new Error("Permission denied to the url"), ({ end }) => end(1001)]);
  assert.equal(seen.urls.length, 2);
  assert.equal(seen.status[0], "Waiting for Pickup's panel: Error: Permission denied to the url");
});

test("a closed port, which a killed panel leaves, is tried again", async () => {
  assert.equal((await run([({ fail }) => fail(), ({ end }) => end(1001)])).urls.length, 2);
});

for (const [code, why] of [[4001, "another script is the host now"], [4002, "a wrong token"], [4004, "version 2"]]) {
  test(`stays away after ${code}, and says why`, async () => {
    const panel = ({ hear, end }) => {
      hear({ type: "refused", protocol: 1, message: why });
      end(code);
    };
    const seen = await run([panel, () => assert.fail("tried again")]);
    assert.equal(seen.status.at(-1), why);
  });
}

test("a file of another version is not connected to, and the editor told what to do", async () => {
  const seen = await run([], { meetings: [JSON.stringify({ ...MEETING, protocol: 2 })] });
  assert.deepEqual(seen.urls, []);
  assert.match(seen.status[0], /run `pickup install premiere` again/);
});

for (const damaged of ["", "[]", '{"protocol": 1, "port": "80/../", "token": "t"}', '{"protocol": 1, "port": 80}']) {
  test(`a damaged file is waited out: ${damaged}`, async () => {
    const seen = await run([], { meetings: [damaged] });
    assert.deepEqual([seen.urls, seen.slept], [[], [3000]]);
  });
}

test("answers come in the order of the questions", async () => {
  let answered = 0;
  const panel = async ({ hear, end }) => {
    hear(WELCOME);
    hear({ type: "export", id: 1, folder: "/w" });
    hear({ type: "ping", id: 2 });
    while (answered < 2) {
      await soon();
    }
    await soon();
    end(1001);
  };
  const answer = async ({ id, type }) => {
    await new Promise((resolve) => void setTimeout(resolve, type === "export" ? 20 : 0));
    answered += 1;
    return { type: "pong", id };
  };
  const seen = await run([panel], { answer });
  assert.deepEqual(seen.said.slice(1).map((message) => message.id), [1, 2]);
});

test("tells what is active when it is something else, and only then", async () => {
  const panel = async ({ hear, end }) => {
    hear(WELCOME);
    await soon();
    end(1001);
  };
  let looks = 0;
  const look = async () => ({ playhead: Math.min(2, looks++) });
  const seen = await run([panel], { look });
  assert.deepEqual(seen.said.slice(1), [0, 1, 2].map((playhead) => ({ type: "changed", state: { playhead } })));
  assert.ok(looks > 3);
});

test("a line from the panel is shown", async () => {
  const panel = ({ hear, end }) => {
    hear(WELCOME);
    hear({ type: "notice", text: "Rendering 3 takes" });
    end(1001);
  };
  const seen = await run([panel]);
  assert.deepEqual(seen.notices, ["Rendering 3 takes"]);
  assert.equal(seen.status[0], "Connected to Pickup 0.1.0.");
});
