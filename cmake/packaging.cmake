# What `make install` puts beside the program, and the Debian package that `make package` builds.
include(GNUInstallDirs)

set(manuals)
foreach(page weir.1 weir.toml.5)
    string(REGEX REPLACE ".*\\." "" chapter ${page})
    set(made ${CMAKE_BINARY_DIR}/man/${page}.gz)
    add_custom_command(OUTPUT ${made}
        COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/man
        COMMAND sh -c "$<TARGET_FILE:weir> --print-manual ${chapter} | gzip -9n > ${made}"
        DEPENDS weir VERBATIM)
    list(APPEND manuals ${made})
    install(FILES ${made} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${chapter})
endforeach()
add_custom_target(manuals DEPENDS ${manuals})

install(FILES ${CMAKE_SOURCE_DIR}/README.md ${CMAKE_SOURCE_DIR}/CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${CMAKE_SOURCE_DIR}/LICENSE RENAME copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs/monitoring DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${CMAKE_SOURCE_DIR}/proxy/packaging/weir.toml ${CMAKE_SOURCE_DIR}/proxy/packaging/users.txt
    DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
if(WEIR_PACKAGE)  # /usr and /etc are the package's, not those of who runs `make install`
    install(FILES ${CMAKE_SOURCE_DIR}/proxy/packaging/weir.toml DESTINATION /etc/weir)
    install(FILES ${CMAKE_SOURCE_DIR}/proxy/packaging/users.txt DESTINATION /etc/weir
        PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ)
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME weir)
set(CPACK_PACKAGE_CONTACT "Weir <weir@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "proxy for PostgreSQL that spreads reads over replicas")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "postgresql-client")
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_DEBIAN_PACKAGE_HOMEPAGE "")
set(scripts ${CMAKE_SOURCE_DIR}/proxy/packaging/debian)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${scripts}/postinst ${scripts}/prerm ${scripts}/postrm ${scripts}/conffiles)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
