"use strict";

/** @import { Answer, Meeting, Question, State } from "./messages" */

const PROTOCOL = 1;
const RETRY_MS = 3000;
const LOOK_MS = 500;

// PROTOCOL.md: after these the editor has to ask for another try.
const STAY_AWAY = [4001, 4002, 4004];

/**
 * @typedef {object} Surroundings what is outside, given so that tests can give their own
 * @property {() => Promise<string>} meeting the connection file's text, read anew for each try
 * @property {(url: string) => WebSocket} open
 * @property {(ms: number) => Promise<void>} sleep
 * @property {() => number} now in milliseconds
 * @property {string} hostVersion
 * @property {string} version
 * @property {(question: Question) => Promise<Answer>} answer
 * @property {() => Promise<State | null>} look what is active in Premiere
 * @property {(text: string) => void} status a line about the connection
 * @property {(text: string) => void} notice a line from the panel
 */

/** The plug-in's end of the bridge. Tries until the panel is there, and again when it has gone. */
class Connection {
  /** @param {Surroundings} outside */
  constructor(outside) {
    this.outside = outside;
    this.running = false;
  }

  /** Connects, and stays connected; ends where the panel does not want to hear from it again. */
  async run() {
    if (this.running) {
      return;
    }
    this.running = true;
    const { outside } = this;
    for (;;) {
      const end = await this.once();
      if (STAY_AWAY.includes(end.code)) {
        outside.status(end.reason || "The panel has ended the connection.");
        break;
      }
      outside.status(end.reason ? `Waiting for Pickup's panel: ${end.reason}` : "Waiting for Pickup's panel.");
      await outside.sleep(RETRY_MS);
    }
    this.running = false;
  }

  /** @returns {Promise<{ code: number, reason: string }>} */
  async once() {
    const { outside } = this;
    let meeting, socket;
    try {
      meeting = meetingOf(await outside.meeting());
    } catch (error) {
      return { code: 0, reason: error instanceof RangeError ? error.message : "" }; // no file: no panel
    }
    try {
      socket = outside.open(`ws://127.0.0.1:${meeting.port}/`);
    } catch (error) {
      // "Permission denied": Premiere has been seen to know its plug-ins' permissions only a while after its start.
      return { code: 0, reason: String(error) };
    }
    return this.talk(socket, meeting.token);
  }

  /**
   * @param {WebSocket} socket
   * @param {string} token
   * @returns {Promise<{ code: number, reason: string }>}
   */
  talk(socket, token) {
    const { outside } = this;
    return new Promise((resolve) => {
      let refusal = "";
      let answered = Promise.resolve();
      let welcome = false;
      /** @param {object} message */
      const say = (message) => socket.readyState === 1 && socket.send(JSON.stringify(message));
      socket.onopen = () => say(this.hello(token));
      socket.onmessage = (event) => {
        const message = JSON.parse(String(event.data));
        switch (message.type) {
          case "welcome":
            welcome = true;
            outside.status(`Connected to Pickup ${message.panel_version}.`);
            void this.tell(say, () => socket.readyState === 1, () => answered);
            break;
          case "refused":
            refusal = message.message;
            break;
          case "notice":
            outside.notice(message.text);
            break;
          case "bye":
            refusal = message.reason;
            break;
          default: {
            const answer = answered.then(() => outside.answer(message));
            answered = answer.then((reply) => void say(reply));
          }
        }
      };
      socket.onerror = () => resolve({ code: 1006, reason: "" });
      socket.onclose = (event) => resolve({ code: event.code, reason: refusal || (welcome ? event.reason : "") });
    });
  }

  /** @param {string} token */
  hello(token) {
    return {
      type: "hello",
      protocol: PROTOCOL,
      token,
      host: "premiere",
      host_version: this.outside.hostVersion,
      script_version: this.outside.version,
      ways: ["edit", "timeline"],
      reads: [".xml"],
    };
  }

  /**
   * Tells what is active whenever it is something else, and takes no more than a tenth of Premiere's time for
   * looking: a long sequence is read slowly. Nothing is looked at while a question is being answered.
   *
   * @param {(message: object) => void} say
   * @param {() => boolean} open
   * @param {() => Promise<void>} answered
   */
  async tell(say, open, answered) {
    const { outside } = this;
    for (let told = ""; open(); ) {
      await answered();
      const began = outside.now();
      const state = await outside.look();
      const text = JSON.stringify(state);
      if (state && text !== told && open()) {
        told = text;
        say({ type: "changed", state });
      }
      await outside.sleep(Math.max(LOOK_MS, 9 * (outside.now() - began)));
    }
  }
}

/**
 * @param {string} text
 * @returns {Meeting}
 */
function meetingOf(text) {
  const meeting = JSON.parse(text);
  if (meeting.protocol !== PROTOCOL) {
    throw new RangeError("this plug-in is of another version: run `pickup install premiere` again");
  }
  if (!Number.isInteger(meeting.port) || meeting.port < 1 || meeting.port > 65535 || typeof meeting.token !== "string") {
    throw new RangeError("the connection file is damaged: open the panel again");
  }
  return meeting;
}

module.exports = { Connection };
