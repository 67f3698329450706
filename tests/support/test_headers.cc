// Exists to have the headers of GoogleTest compiled for (CMakeLists.txt here).
int main() { return 0; }
