# find_package(linsock): the targets linsock::linsock and linsock::static, for source that is written for Windows.
#
# A whole project that is, with its if(WIN32) and its ws2_32, is configured with the toolchain file beside this one
# instead, and stays as it is.

get_filename_component(linsock_PREFIX "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

if(NOT TARGET linsock::linsock)
  foreach(linsock_kind SHARED STATIC)
    if(linsock_kind STREQUAL "SHARED")
      set(linsock_target linsock::linsock)
      set(linsock_file liblinsock.so.0)
      set(linsock_below "-pthread")
    else()
      set(linsock_target linsock::static)
      set(linsock_file liblinsock.a)
      set(linsock_below "-pthread;dl;m")
    endif()
    add_library(${linsock_target} ${linsock_kind} IMPORTED)
    set_target_properties(${linsock_target} PROPERTIES
      IMPORTED_LOCATION "${linsock_PREFIX}/lib/${linsock_file}"
      INTERFACE_INCLUDE_DIRECTORIES "${linsock_PREFIX}/include/linsock"
      # What the driver linsock-cc says, too. The prelude comes before any header of the program.
      INTERFACE_COMPILE_DEFINITIONS "_WIN32=1;_WIN64=1;WIN32=1;WIN64=1"
      INTERFACE_COMPILE_OPTIONS "-U__linux__;-U__linux;-Ulinux;-U__gnu_linux__;-U__unix__;-U__unix;-Uunix;-fno-strict-aliasing;-Wno-unknown-pragmas;-pthread;SHELL:-include \"${linsock_PREFIX}/include/linsock/linsock/prelude.h\""
      INTERFACE_LINK_LIBRARIES "${linsock_below}")
  endforeach()
  set_target_properties(linsock::linsock PROPERTIES IMPORTED_SONAME liblinsock.so.0)
  unset(linsock_kind)
  unset(linsock_target)
  unset(linsock_file)
  unset(linsock_below)
endif()
