/** What a peer sent is not SPDY/3.1, or more than is read; the message says why. The connection cannot go on. */
export class SpdyError extends Error {}
