/// <reference lib="dom" />
import { useEffect, useRef } from "preact/hooks";
import { closeHelp, KEYS } from "../state/keys.ts";
import { helpOpen } from "../state/model.ts";

/** The help on keys, as a dialog. */
export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = helpOpen.value;
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={closeHelp}>
      <h2 id="help-title">Keys</h2>
      <dl>
        {KEYS.map(([keys, does]) => (
          <div key={keys}>
            <dt>{keys}</dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={closeHelp}>Close</button>
    </dialog>
  );
}
