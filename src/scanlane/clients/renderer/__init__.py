"""Pages as a browser shows them: one Chromium for the process, none of whose requests leaves by itself."""
