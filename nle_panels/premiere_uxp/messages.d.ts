/** What `hosts/messages.py` defines, as far as this plug-in hears and says it. */

export type FailureName = "no_sequence" | "changed" | "unsupported" | "failed" | "broken";

export interface Meeting {
  protocol: number;
  port: number;
  token: string;
}

export interface Ripple {
  at: number;
  removed?: number;
  added?: number;
}

export interface Take {
  path: string;
  name: string;
  first: number;
  frames: number;
  total: number;
}

export interface Piece {
  start: number;
  length: number;
  take?: Take | null;
  ripples?: Ripple[];
}

export interface Export {
  type: "export";
  id: number;
  folder: string;
}

export interface Place {
  type: "place";
  id: number;
  way: "takes" | "edit" | "timeline";
  sequence: string;
  version: string;
  rate: [number, number] | [number];
  track: number;
  sound_tracks: number[];
  ripple: "all" | "linked";
  pieces: Piece[];
  timeline: string;
  name: string;
  bin?: string;
}

export interface Undo {
  type: "undo";
  id: number;
  receipt: string;
}

export interface Ping {
  type: "ping";
  id: number;
}

export type Question = Export | Place | Undo | Ping;

export interface State {
  sequence: string;
  name: string;
  version: string;
  clip: string;
  clip_start: number | null;
  playhead: number | null;
  range: [number, number] | null;
}

export type Answer =
  | { type: "exported"; id: number; timeline: string; state: State; transcript: string }
  | { type: "placed"; id: number; way: Place["way"]; sequence: string; name: string; receipt: string; warnings: string[] }
  | { type: "undone"; id: number }
  | { type: "pong"; id: number }
  | { type: "failed"; id: number; name: FailureName; message: string };

/** A clip on a track, in whole frames of the sequence; `first` in frames of its media. */
export interface Laid {
  start: number;
  end: number;
  first: number;
  name: string;
}

/** All clips of a sequence, a list for each track, the lowest and the first track first. */
export interface Layout {
  picture: Laid[][];
  sound: Laid[][];
}
