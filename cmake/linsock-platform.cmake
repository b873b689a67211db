# How files are named and linked: as on Linux. CMake reads this once for each language, after its own rules for Windows.

foreach(linsock_language C CXX)
  if(NOT CMAKE_${linsock_language}_COMPILER_ID)
    continue()
  endif()
  include(Platform/Linux)
  include(Platform/Linux-GNU)
  __linux_compiler_gnu(${linsock_language})
  include(Compiler/GNU)
  # Without import libraries and image versions.
  set(CMAKE_${linsock_language}_CREATE_SHARED_LIBRARY
    "<CMAKE_${linsock_language}_COMPILER> <CMAKE_SHARED_LIBRARY_${linsock_language}_FLAGS> <LANGUAGE_COMPILE_FLAGS> <LINK_FLAGS> <CMAKE_SHARED_LIBRARY_CREATE_${linsock_language}_FLAGS> <SONAME_FLAG><TARGET_SONAME> -o <TARGET> <OBJECTS> <LINK_LIBRARIES>")
  set(CMAKE_${linsock_language}_CREATE_SHARED_MODULE "${CMAKE_${linsock_language}_CREATE_SHARED_LIBRARY}")
  set(CMAKE_${linsock_language}_LINK_EXECUTABLE
    "<CMAKE_${linsock_language}_COMPILER> <FLAGS> <CMAKE_${linsock_language}_LINK_FLAGS> <LINK_FLAGS> <OBJECTS> -o <TARGET> <LINK_LIBRARIES>")
  set(CMAKE_${linsock_language}_CREATE_WIN32_EXE "")
  foreach(linsock_list OBJECTS LIBRARIES INCLUDES)
    set(CMAKE_${linsock_language}_USE_RESPONSE_FILE_FOR_${linsock_list} 0)
  endforeach()
  set(CMAKE_${linsock_language}_STANDARD_LIBRARIES_INIT "")
  set(CMAKE_${linsock_language}_COMPILE_OPTIONS_PIC "-fPIC")
  set(CMAKE_${linsock_language}_COMPILE_OPTIONS_PIE "-fPIE")
  set(CMAKE_SHARED_LIBRARY_${linsock_language}_FLAGS "-fPIC")
  set(CMAKE_SHARED_LIBRARY_CREATE_${linsock_language}_FLAGS "-shared")
endforeach()

set(CMAKE_EXECUTABLE_SUFFIX "")
set(CMAKE_SHARED_LIBRARY_PREFIX "lib")
set(CMAKE_SHARED_LIBRARY_SUFFIX ".so")
set(CMAKE_SHARED_MODULE_PREFIX "lib")
set(CMAKE_SHARED_MODULE_SUFFIX ".so")
set(CMAKE_STATIC_LIBRARY_PREFIX "lib")
set(CMAKE_STATIC_LIBRARY_SUFFIX ".a")
# Without these a shared library is its own import library.
set(CMAKE_IMPORT_LIBRARY_PREFIX "")
set(CMAKE_IMPORT_LIBRARY_SUFFIX "")
set(CMAKE_FIND_LIBRARY_PREFIXES "lib")
set(CMAKE_FIND_LIBRARY_SUFFIXES ".so" ".a")
set(CMAKE_EXTRA_LINK_EXTENSIONS "")

# What the included rules for Linux say of the system is taken back: projects ask for it.
set(WIN32 1)
unset(UNIX)
unset(MINGW)
