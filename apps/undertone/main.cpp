#include "program.hpp"

int main(int argc, char** argv) { return undertone::app::run_program(argc, argv); }
