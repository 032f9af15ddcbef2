// Runs in every page of the editor before anything else (leaks.ts): hands over the texts and labels of all that speaks
// to the person, but not the text of documents, and reads what the browser stores for the editor.
{
  const places = [
    '.notification-list-item',
    '.monaco-dialog-box',
    '.monaco-hover',
    '.quick-input-widget',
    '.part.statusbar',
    '.part.titlebar',
    '.tabs-container',
    '.breadcrumbs-control',
    '.pane-body [role="treeitem"]',
    '.markers-panel',
    '.codelens-decoration',
  ].join(',');
  const seen = new Set();
  const note = (text) => {
    if (text === null || text.length < 24 || seen.has(text)) return;
    seen.add(text);
    globalThis.noteShown(text);
  };
  globalThis.setInterval(() => {
    note(globalThis.location.href);
    for (const element of globalThis.document.querySelectorAll(places)) {
      note(element.textContent);
      for (const inner of [element, ...element.querySelectorAll('*')]) {
        for (const { value } of inner.attributes) note(value);
      }
    }
  }, 250);

  const whole = async (request) =>
    await new Promise((resolve, reject) => {
      request.addEventListener('success', () => {
        resolve(request.result);
      });
      request.addEventListener('error', () => {
        reject(new Error('The browser did not read its storage.'));
      });
    });
  const textOf = (value) => {
    if (value instanceof Uint8Array) return new TextDecoder('latin1').decode(value);
    return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  };
  globalThis.storedInBrowser = async () => {
    const found = [];
    for (const { name } of await globalThis.indexedDB.databases()) {
      const database = await whole(globalThis.indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const objects = database.transaction(store).objectStore(store);
        const [keys, values] = await Promise.all([whole(objects.getAllKeys()), whole(objects.getAll())]);
        for (const [index, key] of keys.entries()) {
          const where = `${name}/${store}/${textOf(key)}`;
          found.push({ where, text: `${textOf(key)}\n${textOf(values[index])}` });
        }
      }
      database.close();
    }
    found.push({ where: 'localStorage', text: JSON.stringify(Object.entries(globalThis.localStorage)) });
    return found;
  };
}
