/** How the printer's SFTP server misbehaves on one connection, chosen when that begins. Bytes are those written to it. */
export interface DvlaFault {
  /** Drop the connection as it comes. */
  reset?: boolean | undefined;
  /** Take the connection and say nothing. */
  hang?: boolean | undefined;
  /** Before each answer, once signed in. */
  delay_ms?: number | undefined;
  /** Show another host key than its own. */
  wrong_host_key?: boolean | undefined;
  refuse_login?: boolean | undefined;
  disconnect_after_bytes?: number | undefined;
  hang_after_bytes?: number | undefined;
  disk_full_after_bytes?: number | undefined;
  /** Take the file that is renamed for its new name, then drop the connection without an answer. */
  disconnect_after_rename?: boolean | undefined;
  refuse_rename?: boolean | undefined;
  /** Tell sizes that are so many bytes too large. */
  size_off_by?: number | undefined;
}

/** The fault that the next connection has, used up by asking. */
export type NextFault = () => DvlaFault | null;
