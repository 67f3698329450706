// Exists to have the headers that modules share compiled for (CMakeLists.txt here).
