"use strict";

/** @import { FailureName } from "./messages" */

/** A question that cannot be answered, as PROTOCOL.md names it; the message is for the editor. */
class Failure extends Error {
  /**
   * @param {FailureName} kind
   * @param {string} message
   */
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

module.exports = { Failure };
