/* A registry with nothing in it: libevent's resolver asks it for name servers, and then takes what GetNetworkParams says. */
#ifndef SHLOBJ_H
#define SHLOBJ_H

typedef void *HKEY;
#define HKEY_LOCAL_MACHINE                                          ((HKEY)0)
#define KEY_READ                                                    0
#define CSIDL_SYSTEM                                                0x25
#define RegOpenKeyEx(key, name, options, access, opened)            ERROR_FILE_NOT_FOUND
#define RegQueryValueEx(key, name, reserved, type, data, data_size) ERROR_FILE_NOT_FOUND
#define RegCloseKey(key)                                            ((void)0)
#define SHGetSpecialFolderPathA(window, path, folder, create)       0

#endif /* SHLOBJ_H */
