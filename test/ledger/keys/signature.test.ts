import "./verdicts.js";
