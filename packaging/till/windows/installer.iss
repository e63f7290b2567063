; The till's installer for Windows, by Inno Setup 6:  iscc /DVersion=… /DFolder=… /DOut=… installer.iss
; `python -m making till` calls it. For every user of the computer; each has books of their own.

[Setup]
AppId={{6F2B7E0C-0F3A-4C53-9B1E-7A5D1C0E8B42}
AppName=Tillstamp
AppVersion={#Version}
AppPublisher=Tillstamp
DefaultDirName={autopf}\Tillstamp
DisableProgramGroupPage=yes
PrivilegesRequired=admin
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
; A till that is open is asked to close, and never without a word.
CloseApplications=yes
RestartApplications=no
UninstallDisplayIcon={app}\tillstampw.exe
OutputDir={#Out}
OutputBaseFilename=tillstamp-{#Version}-setup
Compression=lzma2
SolidCompression=yes
WizardStyle=modern

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "de"; MessagesFile: "compiler:Languages\German.isl"
Name: "fr"; MessagesFile: "compiler:Languages\French.isl"

[InstallDelete]
; What an older version brought and this one does not.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#Folder}\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{autoprograms}\Tillstamp"; Filename: "{app}\tillstampw.exe"
Name: "{autodesktop}\Tillstamp"; Filename: "{app}\tillstampw.exe"; Tasks: desktopicon

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"

[Run]
Filename: "{app}\tillstampw.exe"; Description: "{cm:LaunchProgram,Tillstamp}"; Flags: nowait postinstall skipifsilent runasoriginaluser

[Code]
procedure CurUninstallStepChanged(Step: TUninstallStep);
begin
  if (Step = usPostUninstall) and not UninstallSilent then
    MsgBox('The program is removed, the tills'' books are not. They hold what was recorded here, also what was '
      + 'not sent yet; installed again, the program goes on with them. For each user they are in:' + #13#10
      + '%LOCALAPPDATA%\tillstamp', mbInformation, MB_OK);
end;
