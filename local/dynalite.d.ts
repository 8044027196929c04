/** The part of dynalite that is used here. The package has no types. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  type Options = {
    /** The directory for LevelDB. By default data is in memory. */
    path?: string;
    /** How long a new table has the status CREATING, in milliseconds. */
    createTableMs?: number;
  };

  function dynalite(options?: Options): Server;
  export = dynalite;
}
