import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { foldGutter, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";

interface Props {
  labelledBy: string;
  value: string;
  change?: (text: string) => void;
  readOnly?: boolean;
}

const look = EditorView.theme({
  "&": { backgroundColor: "var(--oc-surface)", color: "var(--oc-text)", fontSize: "12.5px" },
  "&.cm-focused": { outline: "none" },
  // Here, since the editor's own style sheet stands above all layers.
  ".cm-scroller": { lineHeight: "20px" },
  ".cm-content": { fontFamily: "var(--oc-mono)", fontVariantLigatures: "none", caretColor: "var(--oc-text)" },
  ".cm-gutters": {
    backgroundColor: "var(--oc-sunken)",
    color: "var(--oc-text-3)",
    border: "0",
    fontFamily: "var(--oc-mono)",
  },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--oc-hover) 60%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--oc-hover)" },
  ".cm-cursor": { borderLeftColor: "var(--oc-text)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--oc-accent-line)",
  },
  ".cm-selectionMatch": { backgroundColor: "var(--oc-match)" },
  ".cm-panels": { backgroundColor: "var(--oc-raised)", color: "var(--oc-text)" },
});

const colours = HighlightStyle.define([
  { tag: [tags.definition(tags.propertyName), tags.propertyName], color: "var(--oc-syn-name)" },
  { tag: [tags.string, tags.content], color: "var(--oc-syn-text)" },
  { tag: [tags.punctuation, tags.separator, tags.operator, tags.keyword], color: "var(--oc-syn-op)" },
  { tag: tags.comment, color: "var(--oc-text-3)" },
]);

/** CodeMirror for YAML. Tab indents; Esc and then Tab leaves, as the editor's own help says. */
export default function CodeEditor({ labelledBy, value, change, readOnly = false }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | undefined>(undefined);
  const latest = useRef(change);
  latest.current = change;
  const first = useRef(value);

  useEffect(() => {
    if (!place.current) return;
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          lineNumbers(),
          foldGutter(),
          history(),
          drawSelection(),
          indentOnInput(),
          highlightActiveLine(),
          highlightSelectionMatches(),
          yaml(),
          syntaxHighlighting(colours),
          look,
          keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, indentWithTab]),
          EditorView.lineWrapping,
          EditorState.readOnly.of(readOnly),
          EditorView.contentAttributes.of({ "aria-labelledby": labelledBy, tabindex: "0" }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current?.(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, [labelledBy, readOnly]);

  useEffect(() => {
    const editor = view.current;
    const now = editor?.state.doc.toString();
    if (!editor || now === value) return;
    editor.dispatch({ changes: { from: 0, to: now?.length ?? 0, insert: value } });
  }, [value]);

  return <div ref={place} className="code" />;
}
