import "./lies.js";
