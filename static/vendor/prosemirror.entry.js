// What static/js/rich_text.js uses of ProseMirror. build.sh bundles it as prosemirror.js.
export { Fragment, Schema, Slice } from "prosemirror-model";
export { EditorState, Plugin, TextSelection } from "prosemirror-state";
export { EditorView } from "prosemirror-view";
export { keymap } from "prosemirror-keymap";
export { baseKeymap, splitBlockAs, toggleMark } from "prosemirror-commands";
export { history, redo, undo } from "prosemirror-history";
