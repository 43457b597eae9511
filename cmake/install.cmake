include(CMakePackageConfigHelpers)
install(TARGETS undertone EXPORT undertone-targets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/undertone DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT undertone-targets NAMESPACE undertone:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/undertone)
configure_package_config_file(cmake/undertone-config.cmake.in ${PROJECT_BINARY_DIR}/undertone-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/undertone)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/undertone-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/undertone-config.cmake ${PROJECT_BINARY_DIR}/undertone-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/undertone)
