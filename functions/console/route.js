// What of the view can be bookmarked: in the fragment, which is never sent, and nothing personal.

/** The view and its settings out of the address. */
export function route() {
  const [view, query] = location.hash.slice(1).split("?");
  return { view, settings: Object.fromEntries(new URLSearchParams(query)) };
}

/** The address of a view with some settings; those that are empty are left out. */
export function address(view, settings = {}) {
  const query = new URLSearchParams(Object.entries(settings).filter(([, value]) => value));
  return query.size ? `#${view}?${query}` : `#${view}`;
}

/** Writes settings into the address, without a step to go back to. */
export const keep = (view, settings) =>
  history.replaceState(history.state, "", address(view, settings));
