// What VS Code's extension host calls: run the tests beside this file with mocha, fail by exception.
const path = require("node:path");

const loaded = require("mocha");
const Mocha = loaded.default ?? loaded;

exports.run = () =>
  new Promise((resolve, reject) => {
    const mocha = new Mocha({ ui: "bdd", timeout: 90_000, color: false });
    mocha.addFile(path.join(__dirname, "extension.test.cjs"));
    mocha.run((failures) => {
      if (failures > 0) {
        reject(new Error(`${failures} tests failed`));
      } else {
        resolve();
      }
    });
  });
